package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection kept open to one launch of the server: for probes and short statements, one at a time, and a second
 * one on which a thread does nothing but wait for the end, so that the end is noticed at once.
 */
final class ServerSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);
    private static final int ANSWER_SECONDS = 2;
    private static final int WATCH_TURN_MS = 10_000;

    private final long launch;
    private final Path wal;
    private final Connection connection;
    private final PreparedStatement probe;
    private final Connection watched;
    private final String systemIdentifier;
    private final Consumer<String> ended;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable TimelineHistory history;
    /** The last timeline of this server that is known, and how far it had got on it. */
    private volatile TimelineHistory.@Nullable Ended last;

    /** A short use of the connection. */
    @FunctionalInterface
    interface Use<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Connects.
     *
     * @param ended told once, from any thread, when the session is over for another reason than {@link #close}
     */
    ServerSession(PostgresSettings settings, long launch, Consumer<String> ended) throws SQLException {
        this.launch = launch;
        this.wal = settings.dataDirectory().resolve("pg_wal");
        this.ended = ended;
        this.connection = ServerLink.own(settings, "pgmahout", ANSWER_SECONDS);
        try {
            this.systemIdentifier = identifier();
            this.probe = connection.prepareStatement(Reading.SQL);
            this.watched = ServerLink.own(settings, "pgmahout watch", ANSWER_SECONDS);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        Thread.ofPlatform().name("server-watch").daemon().start(this::watch);
    }

    boolean isOver() {
        return over.get();
    }

    private String identifier() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT system_identifier FROM pg_control_system()")) {
            row.next();
            return Long.toUnsignedString(row.getLong(1));
        }
    }

    private void watch() {
        try {
            PGConnection pg = watched.unwrap(PGConnection.class);
            while (!over.get()) {
                pg.getNotifications(WATCH_TURN_MS);
            }
        } catch (SQLException e) {
            end("the connection ended: " + e.getMessage());
        }
    }

    private void end(String reason) {
        if (over.compareAndSet(false, true)) {
            discard();
            ended.accept(reason);
        }
    }

    private void discard() {
        try {
            connection.abort(Runnable::run);
            watched.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("closing connections", e);
        }
    }

    /** Uses the connection; a failure of the connection itself ends the session. */
    <T extends @Nullable Object> T use(Use<T> use) throws SQLException {
        try {
            if (!lock.tryLock(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLException("the connection is busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
        try {
            if (over.get()) {
                throw new SQLException("the connection has ended", "08006");
            }
            return use.on(connection);
        } catch (SQLException e) {
            String state = e.getSQLState();
            if (state == null || state.startsWith("08") || state.startsWith("57P") || connection.isClosed()) {
                end("no answer: " + e.getMessage());
            }
            throw e;
        } finally {
            lock.unlock();
        }
    }

    Reading read() throws SQLException {
        return use(c -> Reading.of(probe));
    }

    /** A reading with what the files of the data directory add. */
    ServerFacts facts(Reading reading, @Nullable Source following, @Nullable String sourceProblem) throws IOException {
        Lsn flushed = reading.flushed();
        Timeline timeline = timeline(reading);
        return new ServerFacts(
                launch,
                reading.recovering(),
                systemIdentifier,
                timeline,
                flushed,
                reading.replayed(),
                reading.recovering() ? Map.of() : historyOf(timeline).starts(),
                reading.recovering()
                        ? new Timeline(TimelineHistory.newest(wal, timeline).id() + 1)
                        : null,
                following == null ? null : following.member(),
                reading.streaming(),
                sourceProblem,
                reading.standbys());
    }

    /** A standby that receives nothing is on the timeline that its position has in the newest history it knows. */
    Timeline timeline(Reading reading) throws IOException {
        Timeline told = reading.timeline();
        Timeline timeline = told != null ? told : inferred(reading);
        Lsn flushed = reading.flushed();
        if (flushed != null) {
            last = new TimelineHistory.Ended(timeline, flushed);
        }
        return timeline;
    }

    /**
     * Where this session saw it past the point at which a newer timeline left its own, it did not get there by that newer
     * one, whose history has come since.
     */
    private Timeline inferred(Reading reading) throws IOException {
        Timeline newest = TimelineHistory.newest(
                wal, ControlFile.read(DurableFile.parent(wal)).timeline());
        Lsn at = reading.flushed() != null ? reading.flushed() : reading.replayed();
        TimelineHistory history = historyOf(newest);
        TimelineHistory.Ended seen = last;
        return at == null ? newest : seen != null && history.left(seen) ? seen.timeline() : history.at(at);
    }

    private synchronized TimelineHistory historyOf(Timeline timeline) throws IOException {
        TimelineHistory known = history;
        if (known == null || !known.timeline().equals(timeline)) {
            known = TimelineHistory.read(wal, timeline);
            history = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            discard();
        }
    }
}
