package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes a row every 10 ms through one address. Where its connection ends, or does not answer for 100 ms, it opens another
 * every 20 ms until one is written on; the old one is left as it is, so that what comes of it late is seen. So it measures
 * the cluster and not how long one connection hangs.
 */
final class ServiceClient implements AutoCloseable {

    private static final long PACE_NANOS = 10_000_000;
    private static final long PATIENCE_NANOS = 100_000_000;
    private static final long ATTEMPT_NANOS = 20_000_000;
    private static final int MOST_CONNECTIONS = 60;

    /** Of all clients of this process, and beyond those of others. */
    private static final AtomicLong VALUES = new AtomicLong(10_000_000_000L);

    /** A commit that was acknowledged by the server at that address; sent and answered by {@link System#nanoTime()}. */
    record Acknowledged(long value, String server, long begun, long nanos) {}

    private final String url;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final Set<Lane> lanes = ConcurrentHashMap.newKeySet();
    private final ExecutorService statements = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread pace =
            Thread.ofPlatform().daemon().name("service-client").unstarted(this::run);
    private volatile @Nullable Lane current;
    private volatile boolean closed;

    /** One connection, used by one thread at a time. */
    private static final class Lane {
        private volatile @Nullable Connection connection;
        private volatile @Nullable PreparedStatement insert;
        private volatile long busySince;
        private volatile boolean busy;
        private volatile boolean ended;

        boolean hangs(long now) {
            return ended || busy && now - busySince > PATIENCE_NANOS;
        }
    }

    /** Begins to write; the table is there. */
    static ServiceClient start(String url) {
        ServiceClient client = new ServiceClient(url);
        client.pace.start();
        client.awaitWrites(100, Duration.ofMinutes(1));
        return client;
    }

    private ServiceClient(String url) {
        this.url = url + "&loginTimeout=0&connectTimeout=1&tcpKeepAlive=true";
    }

    private void run() {
        long attempted = 0;
        while (!closed) {
            long now = System.nanoTime();
            Lane lane = current;
            if (lane != null && !lane.busy && !lane.ended) {
                write(lane);
            } else if ((lane == null || lane.hangs(now))
                    && now - attempted > ATTEMPT_NANOS
                    && lanes.size() < MOST_CONNECTIONS) {
                attempted = now;
                write(new Lane());
            }
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    private void write(Lane lane) {
        lane.busy = true;
        lane.busySince = System.nanoTime();
        lanes.add(lane);
        statements.execute(() -> {
            try {
                tryToWrite(lane);
            } catch (SQLException notNow) {
                end(lane);
            }
        });
    }

    private void tryToWrite(Lane lane) throws SQLException {
        Connection connection = lane.connection;
        if (connection == null) {
            connection = DriverManager.getConnection(url);
            lane.connection = connection;
        }
        PreparedStatement insert = lane.insert;
        if (insert == null) {
            insert = connection.prepareStatement(
                    "INSERT INTO writes (value) VALUES (?) RETURNING host(inet_server_addr())");
            lane.insert = insert;
        }
        long value = VALUES.incrementAndGet();
        insert.setLong(1, value);
        long begun = System.nanoTime();
        String server;
        try (ResultSet row = insert.executeQuery()) {
            row.next();
            server = row.getString(1);
        }
        synchronized (acknowledged) {
            acknowledged.add(new Acknowledged(value, server, begun, System.nanoTime()));
            Lane before = current;
            if (before == null || before == lane || before.hangs(System.nanoTime())) {
                current = lane;
            }
        }
        if (current == lane) {
            lane.busy = false;
        } else {
            end(lane);
        }
    }

    private void end(Lane lane) {
        lane.ended = true;
        lanes.remove(lane);
        Connection connection = lane.connection;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException gone) {
                // Nothing is lost with it.
            }
        }
    }

    List<Acknowledged> acknowledged() {
        synchronized (acknowledged) {
            return List.copyOf(acknowledged);
        }
    }

    /** Waits until so many more rows are acknowledged. */
    void awaitWrites(int count, Duration limit) {
        int wanted = acknowledged().size() + count;
        Waiting.until(count + " more commits", limit, () -> acknowledged().size() >= wanted);
    }

    @Override
    public void close() {
        end();
    }

    /** Ends the writing; what was acknowledged stays. */
    void end() {
        closed = true;
        try {
            pace.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
        for (Lane lane : lanes) {
            Connection connection = lane.connection;
            lane.ended = true;
            if (connection != null) {
                try {
                    // Not close(), which would wait for a server that hangs.
                    connection.abort(statements);
                } catch (SQLException gone) {
                    // Nothing is lost with it.
                }
            }
        }
        statements.shutdownNow();
    }
}
