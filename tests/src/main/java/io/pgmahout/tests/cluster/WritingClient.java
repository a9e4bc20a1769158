package io.pgmahout.tests.cluster;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes all the time: every 10 ms one row with a value that was never used before, each in a
 * transaction of its own, into table {@code writes} of one database. It keeps a connection, and a thread, to every
 * member, asks each every 10 ms whether it can be written to, and writes where it can: so what it measures is the
 * cluster, and not how long one connection hangs.
 */
public final class WritingClient implements AutoCloseable {

    private static final long PACE_NANOS = 10_000_000;

    /** Of all clients of this process: a value of an earlier one would be refused, and prove nothing if it is there. */
    private static final AtomicLong VALUES = new AtomicLong();

    /**
     * A commit that was acknowledged.
     *
     * @param member the member that acknowledged it
     * @param nanos when, by {@link System#nanoTime()}
     * @param connected when the connection that it came on was asked for
     * @param begun when the statement was sent: the commit lies between this and {@code nanos}
     */
    public record Acknowledged(long value, String member, long nanos, long connected, long begun) {}

    /** From the last acknowledged commit on the connections of before to the first on another. */
    public record Outage(String from, String to, Duration length) {
        @Override
        public String toString() {
            return "%.3f s".formatted(length.toNanos() / 1e9);
        }
    }

    private final List<Thread> threads = new ArrayList<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private volatile boolean closing;

    /** Makes the table on the primary and begins to write. */
    public static WritingClient start(LocalCluster cluster, LocalMember primary, String database) throws SQLException {
        primary.query(
                database,
                "CREATE TABLE IF NOT EXISTS writes (value bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())");
        List<Target> targets = new ArrayList<>();
        for (LocalMember member : cluster.members()) {
            targets.add(new Target(member.name(), member.jdbcUrl(database)));
        }
        return start(targets);
    }

    /** Writes to servers whose table {@code writes} is there. */
    public static WritingClient start(List<Target> targets) {
        WritingClient client = new WritingClient();
        for (Target target : targets) {
            client.threads.add(Thread.ofPlatform()
                    .name("client-" + target.member())
                    .daemon()
                    .unstarted(() -> client.write(target)));
        }
        client.threads.forEach(Thread::start);
        return client;
    }

    /** A server by name and JDBC URL. */
    public record Target(String member, String url) {}

    private WritingClient() {}

    private void write(Target target) {
        Link link = new Link(target);
        long next = System.nanoTime();
        while (!closing) {
            long nanos = System.nanoTime();
            if (nanos < next) {
                LockSupport.parkNanos(next - nanos);
                continue;
            }
            next = Math.max(next + PACE_NANOS, nanos);
            long value = link.tryToWrite();
            if (value > 0) {
                synchronized (acknowledged) {
                    acknowledged.add(
                            new Acknowledged(value, target.member(), System.nanoTime(), link.connected, link.begun));
                }
            }
        }
        link.close();
    }

    /** What was acknowledged so far, in the order in which the answers came. */
    public List<Acknowledged> acknowledged() {
        synchronized (acknowledged) {
            return List.copyOf(acknowledged);
        }
    }

    /**
     * Waits for the first commit after {@code since} at another member than {@code before}, or at that one once its
     * server was started again.
     */
    public void awaitWriteAnew(String before, long since, Duration limit) {
        Waiting.until("a commit elsewhere than at the " + before + " of before", limit, () -> {
            List<Acknowledged> all = acknowledged();
            for (int i = all.size() - 1; i >= 0 && all.get(i).nanos() > since; i--) {
                if (anew(all.get(i), before, since)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean anew(Acknowledged one, String before, long since) {
        return !one.member().equals(before) || one.connected() > since;
    }

    /** Waits until {@code count} more commits are acknowledged. */
    public void awaitWrites(int count, Duration limit) {
        int wanted = acknowledged().size() + count;
        Waiting.until(count + " more commits", limit, () -> acknowledged().size() >= wanted);
    }

    /**
     * The outage that began around {@code since} at the member that was written to then: until the first commit at
     * another member, or at that one on a new connection; or the longest gap since then when there was none.
     */
    public Outage outageSince(long since) {
        List<Acknowledged> all = acknowledged();
        int first = 0;
        while (first + 1 < all.size() && all.get(first + 1).nanos() <= since) {
            first++;
        }
        if (all.size() - first < 2) {
            throw new ClusterException("no commit was acknowledged");
        }
        Acknowledged last = all.get(first);
        Outage longest = new Outage(last.member(), last.member(), Duration.ZERO);
        for (Acknowledged one : all.subList(first + 1, all.size())) {
            Outage gap = new Outage(last.member(), one.member(), Duration.ofNanos(one.nanos() - last.nanos()));
            if (anew(one, last.member(), since)) {
                return gap;
            }
            longest = gap.length().compareTo(longest.length()) > 0 ? gap : longest;
            last = one;
        }
        return longest;
    }

    /** Acknowledged values that are not in the table of this server. */
    public List<Acknowledged> missingAt(LocalMember member, String database) throws SQLException {
        List<Acknowledged> expected = acknowledged();
        Set<Long> there = new HashSet<>();
        try (Connection connection = member.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT value FROM writes")) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        return expected.stream().filter(one -> !there.contains(one.value())).toList();
    }

    /** Ends the writing; what was acknowledged stays. */
    @Override
    public void close() {
        closing = true;
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** One member as its thread sees it. */
    private static final class Link {
        private final String url;
        private @Nullable Connection connection;
        private @Nullable PreparedStatement insert;
        private long connected;
        private long begun;

        Link(Target target) {
            // Short, so that a thread whose server is frozen is back soon after the thaw or the kill.
            url = target.url() + "&loginTimeout=0&connectTimeout=1&socketTimeout=5&tcpKeepAlive=true";
        }

        /** The value that was committed; 0 when none was, as far as this client knows. */
        long tryToWrite() {
            try {
                Connection open = connection;
                if (open == null) {
                    connected = System.nanoTime();
                    open = DriverManager.getConnection(url);
                    connection = open;
                }
                PreparedStatement prepared = insert;
                if (prepared == null) {
                    if (inRecovery(open)) {
                        return 0;
                    }
                    prepared = open.prepareStatement("INSERT INTO writes (value) VALUES (?)");
                    insert = prepared;
                }
                long value = VALUES.incrementAndGet();
                prepared.setLong(1, value);
                begun = System.nanoTime();
                prepared.executeUpdate();
                return value;
            } catch (SQLException notNow) {
                close();
                return 0;
            }
        }

        private static boolean inRecovery(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
                return !row.next() || row.getBoolean(1);
            }
        }

        void close() {
            Connection open = connection;
            connection = null;
            insert = null;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException alreadyGone) {
                    // Nothing is lost with it.
                }
            }
        }
    }
}
