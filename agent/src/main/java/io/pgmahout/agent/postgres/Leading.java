package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Promotes the running standby. */
final class Leading {

    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long CHECKPOINT_MS = 600_000;

    private final Site site;

    Leading(Site site) {
        this.site = site;
    }

    void promote(Timeline timeline, Term term) throws ActionFailed, IOException, InterruptedException {
        DataNote note = site.needNote();
        ServerSession session = site.probe().session();
        try {
            Reading reading = session.read();
            if (!reading.recovering()
                    && made(session).equals(timeline)
                    && term.equals(note.branches().get(timeline))) {
                // Asked for again by who had not yet heard that it is done.
                site.probe().now();
                return;
            }
            if (!reading.recovering()) {
                throw ActionFailed.refused("the server is no standby");
            }
            Path wal = site.data().resolve("pg_wal");
            int next = TimelineHistory.newest(wal, session.timeline(reading)).id() + 1;
            if (next != timeline.id()) {
                throw ActionFailed.refused("a promotion would make timeline " + next + ", not " + timeline);
            }
            site.put(note.with(timeline, term).leading());
            session.use(c -> text(c, "SELECT pg_promote(false)"));
            awaitEnd(session);
            Timeline made = made(session);
            if (!made.equals(timeline)) {
                throw ActionFailed.refused("the promotion made timeline " + made + ", not " + timeline);
            }
        } catch (SQLException e) {
            throw ActionFailed.failed("the promotion could not be followed: " + e.getMessage());
        } finally {
            // Also one that failed may have happened.
            site.probe().outdated();
        }
        tidy();
        PostgresSettings settings = site.settings();
        Thread.ofVirtual().name("checkpoint").start(() -> Running.checkpoint(settings, CHECKPOINT_MS));
    }

    /** A primary makes nothing of whom it followed, but people do. */
    private void tidy() throws ActionFailed {
        try {
            site.writeSettings(null);
            site.gate().post("reload");
        } catch (IOException e) {
            LOG.warn("the settings still name whom the server followed", e);
        }
    }

    private static Timeline made(ServerSession session) throws SQLException {
        return new Timeline(Integer.parseInt(
                session.use(c -> text(c, "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)")), 16));
    }

    private static void awaitEnd(ServerSession session) throws SQLException, ActionFailed, InterruptedException {
        long end = System.nanoTime() + LIMIT_NS;
        while (session.use(c -> text(c, "SELECT pg_is_in_recovery()")).equals("t")) {
            if (System.nanoTime() > end) {
                throw ActionFailed.failed("the server did not leave recovery within 60 s");
            }
            LockSupport.parkNanos(LOOK_NS);
            if (Thread.interrupted()) {
                LOG.debug("interrupted while the server was being promoted");
                throw new InterruptedException();
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
