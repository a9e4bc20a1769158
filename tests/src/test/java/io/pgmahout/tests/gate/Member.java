package io.pgmahout.tests.gate;

import io.pgmahout.tests.cluster.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A gate and its server under one temporary directory, without an agent: the test plays that. The server
 * listens on a free loopback port.
 */
public final class Member implements AutoCloseable {
    private final Path directory;
    private final int port;
    private final GateProcess gate;

    private Member(Path directory, int port, GateProcess gate) {
        this.directory = directory;
        this.port = port;
        this.gate = gate;
    }

    /** A gate over a fresh data directory; nothing is started. */
    public static Member create(String... options) {
        Path directory = PostgresUser.newDirectory("pgmahout-member");
        int port = Ports.free();
        PostgresPrograms.newData(directory.resolve("data"));
        configure(directory, port);
        return new Member(directory, port, startGate(directory, options));
    }

    /** A gate over a data directory that does not exist yet. */
    public static Member createEmpty(String... options) {
        Path directory = PostgresUser.newDirectory("pgmahout-member");
        return new Member(directory, Ports.free(), startGate(directory, options));
    }

    static GateProcess startGate(Path directory, String... options) {
        GateProcess gate = GateProcess.start(directory.resolve("run"), directory.resolve("data"), options);
        gate.send("hello");
        return gate;
    }

    /** A standby of {@code primary} made with pg_basebackup, started and streaming. */
    public static Member standbyOf(Member primary) {
        Member standby = createEmpty();
        KeyValues job = standby.gate.runJob(
                "clone",
                Duration.ofMinutes(1),
                "pg_basebackup",
                "--pgdata=" + standby.data(),
                "--dbname=host=127.0.0.1 user=postgres port=" + primary.port,
                "--write-recovery-conf",
                "--checkpoint=fast",
                "--no-sync");
        if (!job.get("status").equals("0")) {
            throw new AssertionError(job + ": " + standby.file("run/job.err"));
        }
        configure(standby.directory, standby.port);
        standby.gate.send("start", "standby");
        standby.awaitConnections();
        return standby;
    }

    /** Its data directory's: no port and no socket directory that another server may have. */
    static void configure(Path directory, int port) {
        String settings = """
                port = %d
                listen_addresses = '127.0.0.1'
                unix_socket_directories = '%s'
                max_connections = 150
                shared_buffers = 16MB
                wal_retrieve_retry_interval = 100ms
                """.formatted(port, directory);
        try {
            Files.writeString(directory.resolve("data/postgresql.conf"), settings, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public GateProcess gate() {
        return gate;
    }

    public Path directory() {
        return directory;
    }

    public Path data() {
        return directory.resolve("data");
    }

    public int port() {
        return port;
    }

    public String file(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Permits for {@code ahead}, starts the server as a primary and waits until it takes connections. */
    public void startPrimary(Duration ahead) {
        gate.permit(ahead);
        gate.send("start", "primary");
        awaitConnections();
    }

    public void awaitConnections() {
        Awaitility.await("connections on " + port)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> {
                    try (Connection connection = connect()) {
                        return connection.isValid(5);
                    }
                });
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port
                + "/postgres?user=postgres&connectTimeout=5&loginTimeout=5&socketTimeout=30");
    }

    /** Runs one statement on a connection of its own; the first column of its first row, if any, as text. */
    public String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? String.valueOf(rows.getString(1)) : "";
            }
        }
    }

    @Override
    public void close() {
        endServer();
        gate.close();
        PostgresUser.deleteTree(directory);
    }

    /** One that is killed would leave its shared memory behind, which nobody but its next start removes. */
    private void endServer() {
        if (Files.notExists(data().resolve("postmaster.pid"))) {
            return;
        }
        String lock = file("data/postmaster.pid");
        List<Long> processes = ProcessTable.workingIn(data());
        List<Long> postmasters =
                processes.stream().filter(pid -> lock.startsWith(pid + "\n")).toList();
        for (long postmaster : postmasters) {
            ProcessTable.signal("QUIT", postmaster);
            // Some of the others may have ended by themselves.
            List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -CONT \"$@\"; :", "sh"));
            processes.forEach(pid -> command.add(pid.toString()));
            PostgresUser.runAs(command);
            Awaitility.await("the end of server " + postmaster)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !ProcessTable.workingIn(data()).contains(postmaster));
        }
    }
}
