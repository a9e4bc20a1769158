package io.pgmahout.tests.images;

import io.pgmahout.tests.cluster.Ports;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three members, each of two containers, that share nothing but directories and the record's file. */
final class StockCluster implements AutoCloseable {

    static final String PASSWORD = "of-the-tests";

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path directory;
    final List<StockMember> members = new ArrayList<>();

    StockCluster(StockImage image) {
        try {
            directory = Files.createTempDirectory("pgmahout-stock-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(directory.resolve("store"));
            Path password = directory.resolve("password");
            Files.writeString(password, PASSWORD);
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Integer> gossip = List.of(Ports.free(), Ports.free(), Ports.free());
        for (int i = 0; i < gossip.size(); i++) {
            String name = "n" + (i + 1);
            int port = Ports.free();
            int admin = Ports.free();
            members.add(new StockMember(image, directory, name, yaml(name, gossip, i, port, admin), port, admin));
        }
        StockMember.own(directory, image);
        members.forEach(StockMember::start);
        awaitHealthy();
    }

    private String yaml(String name, List<Integer> gossip, int number, int port, int admin) {
        return """
                cluster: zoo
                member: {name: %1$s, state-directory: %2$s/%1$s/state, run-directory: %2$s/%1$s/run}
                gossip: {listen: '127.0.0.1:%3$d', peers: ['127.0.0.1:%4$d', '127.0.0.1:%5$d', '127.0.0.1:%6$d']}
                admin: {listen: '127.0.0.1:%7$d'}
                store: {type: file, file: {path: %2$s/store/record.json}}
                postgres:
                  data-directory: %2$s/%1$s/volume/data
                  listen: '127.0.0.1:%8$d'
                  socket-directory: %2$s/%1$s/sock
                  superuser: {password-file: %2$s/password}
                  replication: {password-file: %2$s/password}
                  parameters: {shared_buffers: 16MB}
                log: {format: json}
                """.formatted(
                        name, directory, gossip.get(number), gossip.get(0), gossip.get(1), gossip.get(2), admin, port);
    }

    /** All members serve, by the word of each one's agent. */
    void awaitHealthy() {
        Waiting.until(
                "a healthy cluster",
                LIMIT,
                () -> members.stream().allMatch(StockCluster::isHealthy),
                () -> members.stream().map(StockMember::logs).toList().toString());
    }

    private static boolean isHealthy(StockMember member) {
        try {
            return member.pgmahout("status").getStdout().contains("Healthy.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The member that takes writes; one must within the limit. */
    StockMember awaitPrimary() {
        List<StockMember> found = new ArrayList<>();
        Waiting.until("a primary", LIMIT, () -> {
            members.stream().filter(StockCluster::isWritable).forEach(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private static boolean isWritable(StockMember member) {
        try {
            return "off".equals(ask(member, "SHOW transaction_read_only"));
        } catch (SQLException down) {
            return false;
        }
    }

    /** The first value of the first row. */
    static String ask(StockMember member, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(member.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static void tell(StockMember member, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(member.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        members.forEach(StockMember::close);
        ServerUser.deleteTree(directory);
    }
}
