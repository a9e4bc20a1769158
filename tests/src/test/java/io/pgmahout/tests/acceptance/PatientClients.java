package io.pgmahout.tests.acceptance;

import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that each write on one connection to one member and wait for the answer as long as it takes, so that a server
 * that wakes up finds their statements in its sockets. They end with their connections. Their values are negative.
 */
final class PatientClients implements AutoCloseable {

    private final List<Connection> connections = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Long> acknowledged = new CopyOnWriteArrayList<>();
    private final AtomicLong values = new AtomicLong();

    PatientClients(LocalMember member, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            Connection connection = DriverManager.getConnection(member.jdbcUrl("postgres") + "&socketTimeout=0");
            connections.add(connection);
            threads.add(Thread.ofPlatform().name("patient-client-" + i).daemon().start(() -> write(connection)));
        }
        Waiting.until(
                "patient clients write", Duration.ofSeconds(60), () -> acknowledged.size() >= 10 * connections.size());
    }

    private void write(Connection connection) {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO writes (value) VALUES (?)")) {
            while (true) {
                insert.setLong(1, -System.nanoTime() - values.incrementAndGet());
                insert.executeUpdate();
                acknowledged.add(System.nanoTime());
            }
        } catch (SQLException theServerEnded) {
            // So it should.
        }
    }

    /** When commits were acknowledged after {@code nanos} by {@link System#nanoTime()}, in milliseconds from then. */
    List<Long> acknowledgedAfter(long nanos) {
        return acknowledged.stream()
                .filter(at -> at - nanos > 0)
                .map(at -> (at - nanos) / 1_000_000)
                .toList();
    }

    /** Waits until every connection has ended. */
    void awaitEnd(Duration limit) {
        Waiting.until(
                "the end of patient clients", limit, () -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : connections) {
            connection.abort(Runnable::run);
        }
    }
}
