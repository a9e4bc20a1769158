package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Ports;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/moving.md, with a server of this machine as the old cluster; its commands as they stand there, but for the places. */
final class MovingTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Test
    @Tag("A3")
    void aStandbyOfAnotherClusterBecomesTheFirstMember() throws SQLException, IOException {
        try (LocalCluster cluster = LocalCluster.create(ClusterOptions.DEFAULT)) {
            LocalMember first = cluster.members().getFirst();
            int port = Ports.free();
            shell(cluster, first, """
                    initdb --pgdata=$here/old --username=postgres --auth=trust --locale=C --encoding=UTF8 --no-sync
                    cat >>$here/old/postgresql.conf <<CONF
                    port = %d
                    listen_addresses = '127.0.0.1'
                    unix_socket_directories = '$here'
                    max_connections = 137
                    max_locks_per_transaction = 99
                    include_if_exists = '/controller/custom.conf'
                    CONF
                    pg_ctl --pgdata=$here/old --log=$here/old.log --wait start
                    psql -h 127.0.0.1 -p %d -U postgres -c 'CREATE ROLE mover REPLICATION LOGIN' -c 'CREATE TABLE kept (i int)'
                    """.formatted(port, port));
            try {
                shell(
                        cluster,
                        first,
                        commands("    old=")
                                .replace(
                                        "host=OLD-rw port=5432 user=mover password=…",
                                        "host=127.0.0.1 port=%d user=mover".formatted(port)));
                shell(cluster, first, """
                        psql -h 127.0.0.1 -p %d -U postgres -c 'INSERT INTO kept SELECT generate_series(1, 1000)'
                        """.formatted(port));
            } finally {
                shell(cluster, first, "pg_ctl --pgdata=$here/old --mode=fast --wait stop");
            }
            shell(
                    cluster,
                    first,
                    "data=/var/lib/pgmahout/data\n"
                            + commands("       psql -h /tmp -U postgres -c 'SELECT pg_promote()'")
                                    .replace("'…'", "'$(cat $here/password)'"));
            cluster.members().forEach(member -> member.settings().put("bootstrap.method", "adopt"));
            // The chart gives all the same method, and those without data may come first.
            for (LocalMember other : cluster.membersBut(first)) {
                other.start();
                Waiting.until(
                        "the agent of " + other,
                        LIMIT,
                        () -> other.admin().status().isPresent());
                Waiting.until(
                        "the rule of " + other,
                        Duration.ofSeconds(15),
                        () -> rules(other).contains("may-not-form"),
                        () -> rules(other));
            }
            first.start();
            Oracle oracle = new Oracle(cluster);
            assertThat(oracle.holds()).isEqualTo(first);
            for (LocalMember member : cluster.members()) {
                assertThat(member.query("SELECT count(*) FROM kept")).isEqualTo("1000");
                assertThat(member.query("SHOW max_locks_per_transaction")).isEqualTo("99");
                // The one that let everybody into the standby is gone.
                assertThat(member.query("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'"))
                        .isEqualTo("0");
            }
            try (WritingClient client = WritingClient.start(cluster, first, "postgres")) {
                client.awaitWrites(20, LIMIT);
                oracle.holds(client);
            }
        }
    }

    private static String rules(LocalMember member) {
        return member.admin().get("/explain").body().toString();
    }

    /** The indented lines of the page from the one that begins so. */
    private static String commands(String begin) throws IOException {
        return Files.readAllLines(page()).stream()
                .dropWhile(line -> !line.startsWith(begin))
                .takeWhile(line -> line.startsWith("    "))
                .map(String::strip)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static Path page() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/moving.md"))) {
            directory = directory.getParent();
        }
        return directory.resolve("docs/moving.md");
    }

    private static void shell(LocalCluster cluster, LocalMember first, String commands) {
        String script = "set -eu\nhere=" + cluster.directory() + "\ncd $here\nPATH="
                + cluster.programs("initdb").getParent() + ":$PATH\n"
                // The place of the data has /tmp in its path here.
                + commands.replace("/tmp", "$here")
                        .replace("/var/lib/pgmahout/data", first.data().toString());
        ServerUser.run(ServerUser.command(List.of("bash", "-c", script)), LIMIT);
    }
}
