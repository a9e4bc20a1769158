package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A switchover while the primary has much to do. */
class SwitchoverTest {
    private static LocalCluster cluster;
    private static Oracle oracle;

    @BeforeAll
    static void form() throws SQLException {
        cluster = Scenario.formed(Scenario.PATIENT);
        oracle = new Oracle(cluster);
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    @Tag("F16")
    void underLongTransactionsABaseBackupAndAnIdleSession() throws SQLException, IOException, InterruptedException {
        LocalMember primary = oracle.begins();
        LocalMember target = cluster.membersBut(primary).getLast();
        Process backup = null;
        try (WritingClient client = WritingClient.start(cluster, primary, "postgres");
                Connection idle = primary.connect("postgres");
                Connection busy = primary.connect("postgres");
                Connection asleep = primary.connect("postgres")) {
            client.awaitWrites(20, Scenario.LIMIT);
            primary.query("CREATE TABLE big AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, 100000) i");
            begin(idle, "SELECT count(*) FROM big");
            begin(busy, "UPDATE big SET t = t || 'y'");
            Thread sleeper = Thread.ofPlatform().daemon().start(() -> sleep(asleep));
            backup = slowBackup(primary);
            awaitBackup(primary);
            awaitFit(primary, target);

            long since = System.nanoTime();
            JsonObject action = primary.admin().act("/switchover", Scenario.body("to", target.name()), Scenario.LIMIT);
            String state = LocalCluster.text(action, "state");
            if (state.equals("done")) {
                client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
                assertThat(oracle.holds(client)).isEqualTo(target);
            } else {
                assertThat(state).isEqualTo("failed");
                assertThat(LocalCluster.text(action, "text")).contains("given up");
                assertThat(oracle.holds(client)).isEqualTo(primary);
            }
            sleeper.join(TimeUnit.SECONDS.toMillis(30));
            assertThat(sleeper.isAlive()).as("a statement that hangs").isFalse();
        } finally {
            if (backup != null) {
                backup.destroyForcibly();
                assertThat(backup.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    /** A target that lags is refused; all of this wrote more than it may lag. */
    private static void awaitFit(LocalMember primary, LocalMember target) {
        JsonObject trial = Scenario.body("to", target.name());
        trial.addProperty("dryRun", true);
        Waiting.until(
                "a switchover to " + target + " would work",
                Scenario.LIMIT,
                () -> primary.admin().post("/switchover", trial).text().contains("would stop"));
    }

    private static void begin(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void sleep(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_sleep(600)");
        } catch (SQLException ended) {
            // That is what a switchover does to it.
        }
    }

    /** A base backup that would go on for minutes. */
    private static Process slowBackup(LocalMember primary) throws IOException {
        Path target = cluster.directory().resolve("backup");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        cluster.programs("pg_basebackup").toString(),
                        "--dbname=host=%s port=%d user=postgres".formatted(primary.host(), primary.port()),
                        "--pgdata=" + target,
                        "--max-rate=100k",
                        "--checkpoint=fast",
                        "--no-sync"))
                .redirectErrorStream(true)
                .redirectOutput(cluster.directory().resolve("backup.log").toFile());
        builder.environment().put("PGPASSFILE", cluster.passwordFile().toString());
        return builder.start();
    }

    private static void awaitBackup(LocalMember primary) {
        Waiting.until("a base backup", Scenario.LIMIT, () -> {
            try {
                return primary.query("SELECT count(*) FROM pg_stat_progress_basebackup"
                                + " WHERE phase = 'streaming database files'")
                        .equals("1");
            } catch (SQLException e) {
                return false;
            }
        });
    }
}
