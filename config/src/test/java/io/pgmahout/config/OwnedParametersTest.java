package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnedParametersTest {
    @ParameterizedTest
    @CsvSource({
        "wal_level, logical",
        "wal_level, REPLICA",
        "hot_standby, on",
        "wal_log_hints, true",
        "max_wal_senders, 5",
        "max_replication_slots, 20",
        "recovery_target_timeline, latest",
        "archive_command, 'test ! -f /a/%f && cp %p /a/%f'",
        "auto_explain.log_min_duration, 0",
        "fsync, off",
        "archive_cleanup_command, x"
    })
    void parametersOfTheOperator(String name, String value) {
        assertThat(OwnedParameters.refusal(name, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "wal_level, minimal",
        "hot_standby, off",
        "wal_log_hints, off",
        "full_page_writes, off",
        "max_wal_senders, 4",
        "max_wal_senders, many",
        "recovery_target_timeline, current",
        "primary_conninfo, host=x",
        "primary_slot_name, x",
        "recovery_target_lsn, 0/1",
        "restore_command, cp",
        "synchronous_standby_names, *",
        "listen_addresses, *",
        "port, 5433",
        "unix_socket_directories, /tmp",
        "data_directory, /x",
        "hba_file, /x",
        "cluster_name, x",
        "include_dir, conf.d",
        "wal_retrieve_retry_interval, 5s",
        "work mem, 1",
        "a.b.1, x",
        "'', x"
    })
    void parametersOfOursAndWhatIsNone(String name, String value) {
        assertThat(OwnedParameters.refusal(name, value)).isPresent();
    }

    @Test
    void valuesStayInTheirLine() {
        assertThat(OwnedParameters.refusal("work_mem", "1MB\nport = 1")).isPresent();
        assertThat(OwnedParameters.refusal("work_mem", "x".repeat(1001))).isPresent();
    }

    @Test
    void everyRuleSaysWhy() {
        assertThat(OwnedParameters.RULES)
                .allSatisfy(rule -> assertThat(rule.why()).isNotBlank())
                .allSatisfy(rule -> assertThat(rule.parameters()).isNotEmpty().doesNotHaveDuplicates());
    }
}
