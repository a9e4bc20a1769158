package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops the server through its gate. */
final class Running {

    private static final Logger LOG = LoggerFactory.getLogger(Running.class);
    /** Recovery may have much to replay before it accepts connections; meanwhile a kill ends the wait. */
    private static final long START_LIMIT_MS = 3_600_000;

    private static final String NO_PERMIT = "no-permit";

    /** The reasons of a gate that say that this server cannot be started; after the others it may. */
    private static final Set<String> OF_THE_DATA =
            Set.of("no-data", "no-wal", "no-standby-signal", "standby-signal", "recovery-signal", "data-unreadable");

    private static final long KILL_LIMIT_MS = 30_000;
    private static final long RESTART_STOP_MS = 60_000;

    private final Site site;

    Running(Site site) {
        this.site = site;
    }

    void startPrimary(@Nullable Timeline wanted) throws ActionFailed, IOException, InterruptedException {
        try {
            preparePrimary(wanted);
        } catch (ActionFailed e) {
            throw ActionFailed.failed(e.detail());
        }
        start("primary");
    }

    private void preparePrimary(@Nullable Timeline wanted) throws ActionFailed, IOException, InterruptedException {
        DataFacts facts = site.needComplete();
        site.needNote();
        if (facts.standbyFiles() || Files.exists(site.data().resolve("recovery.signal"))) {
            throw ActionFailed.refused("the data directory is a standby's: it is promoted, not started as primary");
        }
        if (site.serverGone()) {
            if (isFirstOfItsGate()) {
                moveWal();
            }
            Timeline timeline = ControlFile.read(site.data()).timeline();
            if (wanted != null && !timeline.equals(wanted)) {
                throw ActionFailed.refused("the data directory is on timeline " + timeline + ", not on " + wanted
                        + ": a promotion was cut off");
            }
            site.writeSettings(null);
        }
    }

    /** A primary that crashed is to be back at once, and not after its WAL was copied. */
    private boolean isFirstOfItsGate() {
        GateState state = site.gate().state();
        return state != null && state.launch() == 0;
    }

    private void moveWal() throws IOException, InterruptedException {
        new WalMove(site.places(), site.notes()).run();
    }

    void startStandby(@Nullable Source source, List<Branch> branches)
            throws ActionFailed, IOException, InterruptedException {
        DataFacts facts = site.needComplete();
        site.note(branches, facts.timeline());
        if (site.serverGone()) {
            moveWal();
            Path signal = site.data().resolve("standby.signal");
            if (!Files.exists(signal)) {
                DurableFile.write(signal, "");
            }
            DurableFile.delete(site.data().resolve("recovery.signal"));
            site.writeSettings(source);
        }
        start("standby");
    }

    private void start(String mode) throws ActionFailed, InterruptedException {
        GateState state;
        try {
            state = site.gate().command("start", mode);
        } catch (ActionFailed e) {
            throw notStarted(e);
        }
        site.probe().now();
        site.probe().awaitAnswer(state.launch(), START_LIMIT_MS);
    }

    private static ActionFailed notStarted(ActionFailed e) {
        String reason = e.detail().substring(e.detail().lastIndexOf(' ') + 1);
        if (e.outcome() == Outcome.REFUSED && reason.equals(NO_PERMIT)) {
            return e;
        }
        return e.outcome() == Outcome.REFUSED && OF_THE_DATA.contains(reason)
                ? ActionFailed.failed(e.detail())
                : ActionFailed.unknown(e.detail());
    }

    /** The checkpoint beforehand makes the one at shutdown short, while clients are still served. */
    void stop(boolean fast, long limitMs) throws ActionFailed, InterruptedException {
        if (site.serverGone()) {
            return;
        }
        long begunNs = System.nanoTime();
        if (fast) {
            checkpoint(site.settings(), limitMs);
        }
        long leftMs = Math.max(1_000, limitMs - (System.nanoTime() - begunNs) / 1_000_000);
        site.gate().command("stop", fast ? "fast" : "immediate", Long.toString(leftMs));
        site.gate().await(GateState::gone, leftMs * 3 / 2 + 5_000, "stop the server");
    }

    static void checkpoint(PostgresSettings settings, long limitMs) {
        int seconds = Math.clamp(limitMs / 1000, 1, 3600);
        try (Connection connection = ServerLink.own(settings, "pgmahout checkpoint", seconds);
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        } catch (SQLException e) {
            LOG.debug("no checkpoint", e);
        }
    }

    void kill() throws ActionFailed, InterruptedException {
        if (!site.serverGone()) {
            site.gate().send("kill");
            site.gate().await(GateState::gone, KILL_LIMIT_MS, "kill the server");
        }
    }

    void restart() throws ActionFailed, IOException, InterruptedException {
        boolean standby = Files.exists(site.data().resolve("standby.signal"));
        Source source = standby ? ManagedSettings.following(site.data()) : null;
        stop(true, RESTART_STOP_MS);
        site.needComplete();
        site.writeSettings(source);
        start(standby ? "standby" : "primary");
    }
}
