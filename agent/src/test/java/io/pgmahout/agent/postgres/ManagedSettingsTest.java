package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.MemberName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedSettingsTest {

    private static final String INCLUDE = "include_if_exists = 'pgmahout.conf'";
    private static final Source SOURCE = new Source(new MemberName("two"), "[fd00::2]:5433");

    @TempDir
    private Path directory = Path.of("/");

    private PostgresSettings settings = settings(Map.of());

    private PostgresSettings settings(Map<String, String> parameters) {
        return new PostgresSettings(
                new MemberName("one-a"),
                directory,
                null,
                "127.0.0.1,10.0.0.1",
                5432,
                Path.of("/run/sockets"),
                new PostgresSettings.Login("super\"user", "secret-1"),
                new PostgresSettings.Login("repl", "sec:ret\\2"),
                parameters,
                List.of("host all all 10.0.0.0/8 scram-sha-256"),
                PostgresSettings.Bootstrap.DEFAULT,
                PostgresSettings.Copying.DEFAULT);
    }

    @BeforeEach
    void userFiles() throws IOException {
        settings = settings(Map.of("wal_level", "logical", "max_wal_senders", "3", "search_path", "it's"));
        Files.writeString(directory.resolve("postgresql.conf"), "# mine\nwork_mem = 5MB");
        Files.writeString(directory.resolve("pg_hba.conf"), "# comment\nlocal all all peer\n");
    }

    private String written(Source source) throws IOException {
        ManagedSettings.write(directory, settings, directory.resolve("pgpass"), source);
        return Files.readString(directory.resolve("pgmahout.conf"));
    }

    @Test
    void whatTheClusterNeedsWinsAndTheRestIsTakenOver() throws IOException {
        assertThat(written(SOURCE))
                .contains("wal_level = 'logical'\n", "max_wal_senders = '10'\n", "search_path = 'it''s'\n")
                .contains("primary_slot_name = 'pgmahout_one_a'\n", "host=''fd00::2'' port=5433")
                .doesNotContain("secret-1", "sec:ret");
        assertThat(ManagedSettings.following(directory)).isEqualTo(SOURCE);
    }

    @Test
    void theUsersFileOnlyGetsTheIncludeAndKeepsItLast() throws IOException {
        written(SOURCE);
        written(SOURCE);
        Path file = directory.resolve("postgresql.conf");
        assertThat(Files.readString(file)).isEqualTo("# mine\nwork_mem = 5MB\n\n" + INCLUDE + "\n");
        Files.writeString(file, Files.readString(file) + "port = 1\n");
        written(SOURCE);
        assertThat(Files.readString(file)).endsWith("port = 1\n\n" + INCLUDE + "\n");
    }

    @Test
    void whatAlterSystemStoredOfOursIsTakenOut() throws IOException {
        Path auto = directory.resolve("postgresql.auto.conf");
        Files.writeString(auto, "# Do not edit\nwork_mem = '1MB'\nprimary_conninfo = 'host=x'\nport='1'\n");
        written(SOURCE);
        assertThat(Files.readString(auto)).isEqualTo("# Do not edit\nwork_mem = '1MB'\n");
    }

    @Test
    void authenticationIsOursThenConfiguredThenTheUsers() throws IOException {
        written(SOURCE);
        assertThat(Files.readAllLines(directory.resolve("pgmahout_hba.conf")))
                .containsSubsequence(
                        "host all \"super\"\"user\" samehost scram-sha-256",
                        "host replication \"repl\" all scram-sha-256",
                        "host all all 10.0.0.0/8 scram-sha-256",
                        "local all all peer");
        assertThat(Files.readString(directory.resolve("pg_hba.conf"))).isEqualTo("# comment\nlocal all all peer\n");
    }

    @Test
    void thePasswordFileIsPrivateAndEscaped() throws IOException {
        Path file = ConnInfo.writePassFile(settings, directory.resolve("pgpass"));
        assertThat(Files.readString(file)).isEqualTo("*:*:*:repl:sec\\:ret\\\\2\n");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(settings.toString()).doesNotContain("secret-1", "sec:ret");
    }

    @Test
    void theAgentConnectsOverLoopbackWhereItCan() {
        assertThat(settings.ownHost()).isEqualTo("127.0.0.1");
    }
}
