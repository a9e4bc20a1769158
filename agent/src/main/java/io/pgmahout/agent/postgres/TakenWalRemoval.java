package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.Lsn;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a taking that did not end left behind the last whole record. The server is stopped for that, and stays
 * stopped: recovery reads what lies in pg_wal at moments of its own, and how far it got is known once it is gone.
 */
final class TakenWalRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(TakenWalRemoval.class);
    private static final long STOP_LIMIT_MS = 20_000;

    private final Site site;
    private final Running running;

    TakenWalRemoval(Site site, Running running) {
        this.site = site;
        this.running = running;
    }

    /** What must not begin beside such remains: it starts the server, connects or promotes it, or reads its WAL. */
    static boolean comesBefore(ServerAction action) {
        return switch (action) {
            case ServerAction.StartPrimary start -> true;
            case ServerAction.StartStandby start -> true;
            case ServerAction.Promote promote -> true;
            case ServerAction.Follow follow -> true;
            case ServerAction.Rewind rewind -> true;
            case ServerAction.FindEnd find -> true;
            case ServerAction.SecureWal secure -> true;
            case ServerAction.TakeWal take -> true;
            case ServerAction.Restart restart -> true;
            case ServerAction.Inspect inspect -> false;
            case ServerAction.Initialize make -> false;
            case ServerAction.Adopt adopt -> false;
            case ServerAction.Furnish furnish -> false;
            case ServerAction.Stop stop -> false;
            case ServerAction.Kill kill -> false;
            case ServerAction.Detach detach -> false;
            case ServerAction.Clone clone -> false;
            case ServerAction.Forget forget -> false;
        };
    }

    /** Nothing is done where the directory is not whole: what needs it then does not begin either. */
    void run() throws ActionFailed, IOException, InterruptedException {
        TakenWal.Range range = site.taken().range();
        if (range == null) {
            // Nothing is copied before the note of it is on disk.
            site.taken().end();
            return;
        }
        if (site.look().content() != DataFacts.Content.COMPLETE) {
            return;
        }
        if (!site.needNote().data().equals(range.data())) {
            // It was cloned since.
            site.taken().end();
            return;
        }
        running.stop(true, STOP_LIMIT_MS);
        site.needStopped();
        // From where recovery itself begins: a position that was told may lie in the middle of a record.
        WalEnd.Found found = DataLook.end(site.data(), ControlFile.read(site.data()), null);
        if (found == null || !found.timeline().equals(range.timeline())) {
            throw ActionFailed.failed(
                    "where its WAL ends is not known, and what was taken of the last primary's cannot be removed");
        }
        Lsn from = found.end().compareTo(range.from()) > 0 ? found.end() : range.from();
        try (WalFiles files = new WalFiles(site.data(), range.timeline())) {
            files.clear(from, range.end());
        }
        LOG.info("removed what was taken of a primary's last WAL after {}", from);
        site.probe().forget();
        site.taken().end();
    }

    /** As far as it can be done now; else it is tried again before anything that depends on it. */
    void tryTo() throws InterruptedException {
        try {
            run();
        } catch (ActionFailed | IOException e) {
            LOG.warn("what was taken of a primary's last WAL is still there", e);
        }
    }
}
