package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * Knocks at one address every 40 ms: a new connection, whatever became of those before, on which one statement is tried that
 * only a primary takes.
 */
final class KnockingClient implements AutoCloseable {

    private static final long PACE_NANOS = 40_000_000;

    /**
     * A knock that was answered by a primary.
     *
     * @param begun when it was begun, by {@link System#nanoTime()}
     * @param at when the answer was there, by the clock that logs go by
     */
    record Answer(long begun, long nanos, Instant at, String server) {}

    private final String url;
    private final List<Answer> answers = new ArrayList<>();
    private final ExecutorService knocks = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread pace = Thread.ofPlatform().daemon().name("knocks").unstarted(this::run);
    private volatile boolean closed;

    /** Begins to knock, and waits for the first answers. */
    static KnockingClient start(String url) {
        KnockingClient client = new KnockingClient(url);
        client.pace.start();
        Waiting.until("answers", Duration.ofMinutes(1), () -> client.answers().size() > 20);
        return client;
    }

    private KnockingClient(String url) {
        this.url = url + "&loginTimeout=0&connectTimeout=1&socketTimeout=2";
    }

    private void run() {
        while (!closed) {
            knocks.execute(this::knock);
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    private void knock() {
        long begun = System.nanoTime();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            // A standby refuses it, and a server without a permit does not come to it.
            statement.execute("SELECT txid_current()");
            Instant at = Instant.now();
            long nanos = System.nanoTime();
            try (var row = statement.executeQuery("SELECT host(inet_server_addr())")) {
                row.next();
                String server = row.getString(1);
                synchronized (answers) {
                    answers.add(new Answer(begun, nanos, at, server));
                }
            }
        } catch (SQLException nobodyThere) {
            // The next knock comes soon.
        }
    }

    private List<Answer> answers() {
        synchronized (answers) {
            return List.copyOf(answers);
        }
    }

    /** The first answer of that server to a knock that was begun since then. */
    Answer first(String server, long since, Duration limit) {
        Waiting.until("an answer of " + server, limit, () -> find(server, since).isPresent());
        return find(server, since).orElseThrow();
    }

    /** The longest time between two answers from then until now. */
    Duration longestGap(long since) {
        long[] at = answers().stream()
                .mapToLong(Answer::nanos)
                .filter(nanos -> nanos > since)
                .sorted()
                .toArray();
        long longest = 0;
        long before = since;
        for (long nanos : at) {
            longest = Math.max(longest, nanos - before);
            before = nanos;
        }
        return Duration.ofNanos(Math.max(longest, System.nanoTime() - before));
    }

    private Optional<Answer> find(String server, long since) {
        return answers().stream()
                .filter(answer -> answer.server().equals(server) && answer.begun() > since)
                .min((one, other) -> Long.compare(one.nanos(), other.nanos()));
    }

    @Override
    public void close() {
        closed = true;
        try {
            pace.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
        knocks.close();
    }
}
