package io.pgmahout.tests.bench;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Installation;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * A primary and a standby without any of our programs: the floor. Whoever watches it promotes the standby the moment its
 * connection to the primary closes.
 */
final class BarePair implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path directory = ServerUser.newDirectory("pgmahout-floor-");
    private final Path bin;
    private final int primaryPort;
    private final int standbyPort;

    BarePair(int primaryPort, int standbyPort) {
        this.primaryPort = primaryPort;
        this.standbyPort = standbyPort;
        bin = Installation.readable().postgres();
        try {
            asUser("initdb", "-D", data("primary"), "-U", "postgres", "-A", "trust", "-k", "--no-locale");
            configure("primary", primaryPort);
            start("primary");
            asUser(
                    "pg_basebackup",
                    "-D",
                    data("standby"),
                    "-d",
                    "host=127.0.0.1 user=postgres port=" + primaryPort,
                    "-R",
                    "-c",
                    "fast",
                    "-X",
                    "stream");
            configure("standby", standbyPort);
            start("standby");
            Waiting.until(
                    "the standby streams",
                    LIMIT,
                    () -> query(primaryPort, "SELECT FROM pg_stat_replication" + " WHERE state = 'streaming'"));
            query(
                    primaryPort,
                    "CREATE TABLE writes (value bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())");
        } catch (ClusterException e) {
            close();
            throw e;
        }
    }

    private String data(String name) {
        return directory.resolve(name).toString();
    }

    private void configure(String name, int port) {
        String settings = """
                port = %d
                listen_addresses = '127.0.0.1'
                unix_socket_directories = '%s'
                shared_buffers = 32MB
                wal_retrieve_retry_interval = 100ms
                """.formatted(port, directory);
        try {
            Files.writeString(directory.resolve(name).resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(String name) {
        asUser(
                "pg_ctl",
                "start",
                "-w",
                "-s",
                "-D",
                data(name),
                "-l",
                directory.resolve(name + ".log").toString());
    }

    private void asUser(String program, String... arguments) {
        List<String> command =
                new java.util.ArrayList<>(List.of(bin.resolve(program).toString()));
        command.addAll(List.of(arguments));
        ServerUser.run(ServerUser.command(command));
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres&sslmode=disable&socketTimeout=30".formatted(port);
    }

    List<WritingClient.Target> targets() {
        return List.of(
                new WritingClient.Target("primary", url(primaryPort)),
                new WritingClient.Target("standby", url(standbyPort)));
    }

    private static boolean query(int port, String sql) {
        try (Connection connection = DriverManager.getConnection(url(port));
                Statement statement = connection.createStatement()) {
            return statement.execute(sql) && statement.getResultSet().next();
        } catch (SQLException e) {
            throw new ClusterException(sql + ": " + e.getMessage(), e);
        }
    }

    /** Ends the primary by SIGKILL or a fast stop, and promotes the standby when a connection to it has closed. */
    void fail(boolean kill) throws SQLException {
        try (Connection watched = DriverManager.getConnection(url(primaryPort));
                Connection standby = DriverManager.getConnection(url(standbyPort));
                Statement sleep = watched.createStatement();
                Statement promote = standby.createStatement()) {
            Thread killer = Thread.ofPlatform().start(() -> end(kill));
            try {
                sleep.execute("SELECT pg_sleep(30)");
            } catch (SQLException closed) {
                if (!kill) {
                    join(killer);
                }
                promote.execute("SELECT pg_promote(true, 30)");
            }
            join(killer);
        }
    }

    private void end(boolean kill) {
        Waiting.pause(100_000_000);
        if (kill) {
            Processes.signal("KILL", Processes.workingIn(directory.resolve("primary")));
        } else {
            asUser("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", data("primary"));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    @Override
    public void close() {
        for (String name : List.of("primary", "standby")) {
            Path data = directory.resolve(name);
            Waiting.until("the end of the " + name, LIMIT, () -> {
                Processes.signal("KILL", Processes.workingIn(data));
                return Processes.workingIn(data).isEmpty();
            });
        }
        ServerUser.deleteTree(directory);
    }
}
