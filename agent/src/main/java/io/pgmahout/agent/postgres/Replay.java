package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Lsn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A standby's recovery, watched and paused, until a point in time. */
final class Replay {

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final ServerSession session;
    private final long endNs;

    Replay(ServerSession session, long endNs) {
        this.session = session;
        this.endNs = endNs;
    }

    /** One that an operator paused does not get anywhere, and what we pause we resume. */
    void needNotPaused() throws ActionFailed, SQLException {
        if (!state().equals("not paused")) {
            throw ActionFailed.refused("replay is paused");
        }
    }

    /** Recovery reads no WAL once this has returned. */
    void pause() throws ActionFailed, SQLException, InterruptedException {
        text("SELECT pg_wal_replay_pause()::text");
        while (!state().equals("paused")) {
            waitALittle("replay could not be paused in time");
        }
    }

    void resume() throws SQLException {
        text("SELECT pg_wal_replay_resume()::text");
    }

    /** Whether it got there; returns after a moment where it has not yet. */
    boolean reached(Lsn end) throws ActionFailed, SQLException, InterruptedException {
        Reading reading = session.read();
        Lsn replayed = reading.replayed();
        if (!reading.recovering()) {
            throw ActionFailed.refused("the server left recovery");
        }
        if (replayed != null && replayed.compareTo(end) >= 0) {
            return true;
        }
        waitALittle("recovery got to " + replayed + ", not to " + end + ", in time");
        return false;
    }

    private void waitALittle(String late) throws ActionFailed, InterruptedException {
        if (System.nanoTime() > endNs) {
            throw ActionFailed.failed(late);
        }
        LockSupport.parkNanos(LOOK_NS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private String state() throws SQLException {
        return text("SELECT pg_get_wal_replay_pause_state()");
    }

    private String text(String sql) throws SQLException {
        return session.use(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return Objects.requireNonNull(row.getString(1));
            }
        });
    }
}
