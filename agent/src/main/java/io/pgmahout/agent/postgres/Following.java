package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerFacts;
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
    private static final long TAKING_LIMIT_MS = 2_000;
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

    /**
     * The branches are noted once nothing is received any more: what the source of before might still have sent is of
     * its branch, not of these.
     */
    void follow(Source source, List<Branch> branches)
            throws ActionFailed, IOException, SQLException, InterruptedException {
        DataFacts facts = site.needComplete();
        if (site.serverGone()) {
            site.note(branches, facts.timeline());
            site.writeSettings(source);
            return;
        }
        detach();
        ServerSession session = site.probe().session();
        site.note(branches, session.timeline(session.read()));
        site.writeSettings(source);
        reload();
        site.probe().outdated();
    }

    /** Receives from nobody; primary_conninfo is empty in the file, so that a restart does not connect again. */
    void detach() throws ActionFailed, IOException, SQLException, InterruptedException {
        site.needComplete();
        site.writeSettings(null);
        if (!site.serverGone()) {
            reload();
            awaitNoReceiver(site.probe().session());
            site.probe().outdated();
        }
    }

    void reload() throws ActionFailed, InterruptedException {
        try {
            site.probe().session().use(c -> bool(c, "SELECT pg_reload_conf()"));
        } catch (SQLException | ActionFailed e) {
            site.gate().command("reload");
        }
    }

    /**
     * Never throws; position and timeline are read after the last walreceiver was gone. Where no server runs and none of a
     * standby can be started, nothing receives, and nothing is known and written: what lies there may be somebody else's.
     * A taking of WAL that has come too far to be refused ends first; where it does not, what is held is not known.
     */
    Event.Withdrawn withdraw(long id) {
        try {
            site.taken().awaitEnd(TAKING_LIMIT_MS);
            if (gone() && !holdsStandby()) {
                return new Event.Withdrawn(id, Outcome.DONE, null, null, null, null);
            }
            DataNote note = site.needNote();
            site.writeSettings(null);
            boolean takes = site.taken().pending();
            Held held = gone() ? onDisk() : live();
            if (takes || site.taken().pending()) {
                held = held.withoutPosition();
            }
            site.probe().outdated();
            Term term = held.timeline == null ? null : note.branches().get(held.timeline);
            WalPosition position = held.timeline == null || held.flushed == null || term == null
                    ? null
                    : new WalPosition(term, held.timeline, held.flushed);
            return new Event.Withdrawn(id, Outcome.DONE, position, held.next, note.data(), held.server);
        } catch (ActionFailed e) {
            return new Event.Withdrawn(id, e.outcome(), null, null, null, null);
        } catch (IOException | SQLException e) {
            return new Event.Withdrawn(id, Outcome.FAILED, null, null, null, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Event.Withdrawn(id, Outcome.FAILED, null, null, null, null);
        }
    }

    /**
     * Whether no server runs, one that was to be started before this included: it may have read the file as it was. What
     * is started after this reads it as it is.
     */
    private boolean gone() throws ActionFailed, InterruptedException {
        return site.serverGone() && site.gate().command("confirm").gone();
    }

    private boolean holdsStandby() {
        DataFacts facts = site.look();
        return facts.content() == DataFacts.Content.COMPLETE && facts.standbyFiles() && facts.data() != null;
    }

    private record Held(
            @Nullable Timeline timeline,
            @Nullable Lsn flushed,
            @Nullable Timeline next,
            @Nullable ServerFacts server) {

        Held withoutPosition() {
            return new Held(timeline, null, next, server == null ? null : server.withoutPosition());
        }
    }

    private Held live() throws ActionFailed, SQLException, IOException, InterruptedException {
        GateState state = site.gate().state();
        // One that has just been started may not answer yet, nor listen to a reload.
        site.probe().awaitAnswer(state == null ? 0 : state.launch(), WITHDRAW_LIMIT_NS / 1_000_000);
        reload();
        ServerSession session = site.probe().session();
        awaitNoReceiver(session);
        Reading reading = session.read();
        if (!reading.recovering()) {
            throw ActionFailed.refused("the server is no standby");
        }
        ServerFacts facts = session.facts(reading, null, null);
        return new Held(facts.timeline(), facts.flushed(), facts.nextTimeline(), facts);
    }

    static void awaitNoReceiver(ServerSession session) throws ActionFailed, SQLException {
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
    }

    /** Nothing runs that could receive: what the files hold is what there is. */
    private Held onDisk() throws IOException, ActionFailed {
        if (!site.needComplete().standbyFiles()) {
            throw ActionFailed.refused("the data directory is no standby's");
        }
        WalEnd.Found found = DataLook.end(
                site.data(), ControlFile.read(site.data()), site.probe().toldFlushed());
        return found == null
                ? new Held(null, null, null, null)
                : new Held(found.timeline(), found.end(), next(found.timeline()), null);
    }

    private Timeline next(Timeline timeline) {
        Path wal = site.data().resolve("pg_wal");
        return new Timeline(TimelineHistory.newest(wal, timeline).id() + 1);
    }

    /** A stopped server's directory, and where its log ends. */
    record End(DataFacts data, WalPosition position) {}

    End findEnd() throws ActionFailed, IOException, InterruptedException {
        site.needStopped();
        DataFacts data = site.needComplete();
        WalEnd.Found found = data.cleanEnd() != null && data.timeline() != null
                ? new WalEnd.Found(data.cleanEnd(), data.timeline())
                : DataLook.end(
                        site.data(), ControlFile.read(site.data()), site.probe().toldFlushed());
        if (found == null) {
            throw ActionFailed.failed("no whole WAL record was found");
        }
        Term term = data.branches().get(found.timeline());
        if (term == null) {
            throw ActionFailed.refused("the branch of timeline " + found.timeline() + " is not known");
        }
        return new End(data, new WalPosition(term, found.timeline(), found.end()));
    }

    private static boolean bool(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
