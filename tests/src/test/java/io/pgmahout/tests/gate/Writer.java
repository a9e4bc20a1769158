package io.pgmahout.tests.gate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Clients that insert one row after another, and when each row was acknowledged, by System.nanoTime. */
final class Writer implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<SQLException> errors = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    Writer(Member member, int clients) throws SQLException {
        member.query("CREATE TABLE IF NOT EXISTS written (n bigserial)");
        for (int i = 0; i < clients; i++) {
            Connection connection = member.connect();
            threads.add(Thread.ofPlatform().daemon().start(() -> insert(connection)));
        }
    }

    private void insert(Connection connection) {
        try (connection;
                Statement statement = connection.createStatement()) {
            while (!closing) {
                statement.executeUpdate("INSERT INTO written DEFAULT VALUES");
                acknowledged.add(System.nanoTime());
            }
        } catch (SQLException e) {
            errors.add(e);
        }
    }

    int count() {
        return acknowledged.size();
    }

    List<Long> acknowledgedAt() {
        return acknowledged.stream().sorted().toList();
    }

    List<SQLException> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() {
        closing = true;
        try {
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
