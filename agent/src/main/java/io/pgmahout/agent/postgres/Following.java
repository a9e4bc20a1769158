package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Points a standby at a source, or at none. */
final class Following {

    private static final long WITHDRAW_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(3);
    /** How often in a row no walreceiver must be seen: one may just be on its way. */
    private static final int CLEAR_LOOKS = 3;

    /**
     * A walreceiver shows itself among the processes before it shows in its own view. Recovery that waits for a
     * stream has one or wants one.
     */
    private static final String RECEIVING = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE backend_type ="
            + " 'walreceiver' OR backend_type = 'startup' AND wait_event = 'RecoveryWalStream')";

    private final Site site;

    Following(Site site) {
        this.site = site;
    }

    void follow(Source source, List<Branch> branches) throws ActionFailed, IOException, InterruptedException {
        DataFacts facts = site.needComplete();
        Timeline told = site.probe().toldTimeline();
        site.note(branches, told != null ? told : facts.timeline());
        site.writeSettings(source);
        if (!site.serverGone()) {
            reload();
            site.probe().now();
        }
    }

    private void reload() throws ActionFailed, InterruptedException {
        try {
            site.probe().session().use(c -> bool(c, "SELECT pg_reload_conf()"));
        } catch (SQLException | ActionFailed e) {
            site.gate().command("reload");
        }
    }

    /** Never throws; position and timeline are read after the last walreceiver was gone. */
    Event.Withdrawn withdraw(long id) {
        try {
            DataNote note = site.needNote();
            site.writeSettings(null);
            Held held = site.serverGone() ? onDisk() : live();
            Term term = held.timeline == null ? null : note.branches().get(held.timeline);
            WalPosition position = held.timeline == null || held.flushed == null || term == null
                    ? null
                    : new WalPosition(term, held.timeline, held.flushed);
            return new Event.Withdrawn(id, Outcome.DONE, position, held.next, note.data());
        } catch (ActionFailed e) {
            return new Event.Withdrawn(id, e.outcome(), null, null, null);
        } catch (IOException | SQLException e) {
            return new Event.Withdrawn(id, Outcome.FAILED, null, null, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Event.Withdrawn(id, Outcome.FAILED, null, null, null);
        }
    }

    private record Held(
            @Nullable Timeline timeline,
            @Nullable Lsn flushed,
            @Nullable Timeline next) {}

    private Held live() throws ActionFailed, SQLException, IOException, InterruptedException {
        reload();
        ServerSession session = site.probe().session();
        long end = System.nanoTime() + WITHDRAW_LIMIT_NS;
        int clear = 0;
        while (clear < CLEAR_LOOKS) {
            clear = session.use(c -> bool(c, RECEIVING)) ? 0 : clear + 1;
            if (System.nanoTime() > end) {
                throw ActionFailed.failed("the walreceiver did not end");
            }
            if (clear < CLEAR_LOOKS) {
                LockSupport.parkNanos(LOOK_NS);
            }
        }
        Reading reading = session.read();
        if (!reading.recovering()) {
            throw ActionFailed.refused("the server is no standby");
        }
        Timeline timeline = session.timeline(reading);
        return new Held(timeline, reading.flushed(), next(timeline));
    }

    /** Nothing runs that could receive: what the files hold is what there is. */
    private Held onDisk() throws IOException, ActionFailed {
        if (!site.needComplete().standbyFiles()) {
            throw ActionFailed.refused("the data directory is no standby's");
        }
        WalEnd.Found found = DataLook.end(
                site.data(), ControlFile.read(site.data()), site.probe().toldFlushed());
        return found == null
                ? new Held(null, null, null)
                : new Held(found.timeline(), found.end(), next(found.timeline()));
    }

    private Timeline next(Timeline timeline) {
        Path wal = site.data().resolve("pg_wal");
        return new Timeline(TimelineHistory.newest(wal, timeline).id() + 1);
    }

    /** The end of the stopped server's log. */
    WalPosition findEnd() throws ActionFailed, IOException {
        site.needStopped();
        site.needComplete();
        DataNote note = site.needNote();
        WalEnd.Found found = DataLook.end(
                site.data(), ControlFile.read(site.data()), site.probe().toldFlushed());
        if (found == null) {
            throw ActionFailed.failed("no whole WAL record was found");
        }
        Term term = note.branches().get(found.timeline());
        if (term == null) {
            throw ActionFailed.failed("the branch of timeline " + found.timeline() + " is not known");
        }
        return new WalPosition(term, found.timeline(), found.end());
    }

    private static boolean bool(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
