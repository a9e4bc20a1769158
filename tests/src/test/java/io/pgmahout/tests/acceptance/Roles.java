package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Collectors;

/** What each server must be set to, by its role. */
final class Roles {
    static final String HBA_LINE = "host reports reports 192.0.2.0/24 scram-sha-256";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final LocalCluster cluster;

    Roles(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** Looks at every server; what follows a change with some delay may take its time. */
    void areRight(LocalMember primary, String workMem) throws SQLException {
        for (LocalMember member : cluster.members()) {
            boolean leads = member.equals(primary);
            is(member, "SHOW work_mem", workMem);
            is(member, "SHOW primary_slot_name", leads ? "" : "pgmahout_" + member.name());
            is(member, "SELECT current_setting('primary_conninfo') ~ 'port=" + primary.port() + "'", leads ? "f" : "t");
            is(
                    member,
                    "SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots",
                    cluster.membersBut(member).stream()
                            .map(other -> "pgmahout_" + other.name())
                            .sorted()
                            .collect(Collectors.joining(" ")));
            is(
                    member,
                    "SELECT count(*) FROM pg_replication_slots WHERE active",
                    leads ? Integer.toString(cluster.members().size() - 1) : "0");
            authentication(member);
            fixed(member);
        }
    }

    /** Ours first, then the configured, then what initdb wrote; all of it readable for PostgreSQL. */
    private static void authentication(LocalMember member) throws SQLException {
        assertThat(member.query("SELECT string_agg(array_to_string(database, ',') || ' ' || array_to_string("
                        + "user_name, ','), '; ' ORDER BY line_number) FROM pg_hba_file_rules"))
                .startsWith(
                        "all postgres; replication replicator; postgres replicator; all all; reports reports; all all");
        assertThat(member.query("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL"))
                .isEqualTo("0");
    }

    private static void fixed(LocalMember member) throws SQLException {
        assertThat(member.query("SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings"
                        + " WHERE name IN ('wal_log_hints', 'hot_standby', 'wal_level', 'fsync',"
                        + " 'recovery_target_timeline')"))
                .isEqualTo(
                        "fsync=on hot_standby=on recovery_target_timeline=latest wal_level=replica wal_log_hints=on");
        assertThat(member.query("SELECT count(*) FROM pg_settings WHERE pending_restart"))
                .isEqualTo("0");
    }

    private static void is(LocalMember member, String sql, String wanted) {
        Waiting.until(
                "%s at %s: %s".formatted(sql, member, wanted),
                LIMIT,
                () -> answer(member, sql).equals(wanted),
                () -> answer(member, sql));
    }

    private static String answer(LocalMember member, String sql) {
        try {
            return member.query(sql);
        } catch (SQLException notNow) {
            return String.valueOf(notNow.getMessage());
        }
    }
}
