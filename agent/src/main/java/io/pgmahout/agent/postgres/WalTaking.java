package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the last WAL of a holder whose server ended into this standby's. All pieces are gathered aside, and then copied to
 * where a walreceiver would have written them, the first one last, when all others are on disk. How far recovery then gets
 * is the proof. A copy that is cut off, or that recovery does not get through, is removed before anything else is done with
 * the server ({@link TakenWal}).
 */
final class WalTaking {

    private static final Logger LOG = LoggerFactory.getLogger(WalTaking.class);

    /** Asked for and not yet there: enough to fill a link, little for a small heap. */
    private static final int WINDOW = 8;

    private static final long ASK_AGAIN_MS = 200;
    private static final long RELOAD_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(30);

    private final Site site;
    private final Following following;
    private final TakenWalRemoval removal;
    private final BlockingQueue<WalPiece> arrivals = new ArrayBlockingQueue<>(4 * WINDOW);
    private volatile BiConsumer<MemberName, WalRange> requests = (member, range) -> {};
    private volatile @Nullable MemberName awaited;

    WalTaking(Site site, Following following, TakenWalRemoval removal) {
        this.site = site;
        this.following = following;
        this.removal = removal;
    }

    /** Where to ask for pieces. */
    void requests(BiConsumer<MemberName, WalRange> by) {
        requests = by;
    }

    /** Any thread. What nobody waits for, or has no room, is dropped: it is asked for again. */
    void came(MemberName from, WalPiece piece) {
        if (from.equals(awaited) && !arrivals.offer(piece)) {
            LOG.debug("dropped {}", piece);
        }
    }

    void take(ServerAction.TakeWal wanted) throws ActionFailed, IOException, SQLException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wanted.limitMs());
        site.needComplete();
        ServerSession session = site.probe().session();
        Reading reading = session.read();
        Lsn held = reading.flushed();
        if (!reading.recovering()
                || held == null
                || !session.timeline(reading).equals(wanted.end().timeline())) {
            throw ActionFailed.refused(
                    "the server is not a standby on timeline " + wanted.end().timeline() + " whose position is known");
        }
        if (held.compareTo(wanted.from().lsn()) < 0) {
            throw ActionFailed.failed("the server holds " + held + ", less than it did");
        }
        Replay replay = new Replay(session, endNs);
        replay.needNotPaused();
        site.needNotWithdrawn();
        try {
            site.writeSettings(null);
            following.reload();
            if (held.compareTo(wanted.end().lsn()) < 0) {
                bring(wanted, session, held, replay, endNs);
            }
            awaitReplay(replay, wanted.end().lsn());
            site.taken().end();
        } catch (ActionFailed | IOException | SQLException e) {
            removal.tryTo();
            throw e;
        } finally {
            site.probe().outdated();
        }
    }

    private void bring(ServerAction.TakeWal wanted, ServerSession session, Lsn held, Replay replay, long endNs)
            throws ActionFailed, IOException, SQLException, InterruptedException {
        try (WalFiles files = new WalFiles(site.data(), wanted.end().timeline());
                StagedWal staged = new StagedWal(site.data(), held)) {
            collect(wanted.source(), files.pieces(held, wanted.end().lsn()), staged, endNs);
            // What it still writes would be the same, but only now is it known what recovery has without what came.
            Following.awaitNoReceiver(session);
            Lsn from = session.read().flushed();
            if (from == null || from.compareTo(held) < 0) {
                throw ActionFailed.failed("the server holds " + from + ", less than it did");
            }
            if (from.compareTo(wanted.end().lsn()) < 0) {
                TakenWal.Range range = new TakenWal.Range(
                        site.needNote().data(),
                        wanted.end().timeline(),
                        from,
                        wanted.end().lsn());
                copy(files, staged, range, replay);
            }
        }
    }

    /**
     * The only part that leaves something behind when it is cut off, and so it is noted before. Recovery stands still while
     * the first piece is written: what it replayed and a power cut took would be in the data and not in the WAL.
     */
    private void copy(WalFiles files, StagedWal staged, TakenWal.Range range, Replay replay)
            throws ActionFailed, IOException, SQLException, InterruptedException {
        List<WalRange> pieces = files.pieces(range.from(), range.end());
        site.unlessWithdrawn(() -> site.taken().begin(range));
        for (WalRange piece : pieces.subList(1, pieces.size())) {
            files.write(staged.get(piece));
        }
        files.force();
        WalPiece first = staged.get(pieces.getFirst());
        replay.pause();
        site.unlessWithdrawn(() -> files.write(first));
        files.force();
        replay.resume();
    }

    private void collect(MemberName source, List<WalRange> pieces, StagedWal staged, long endNs)
            throws ActionFailed, IOException, InterruptedException {
        arrivals.clear();
        awaited = source;
        try {
            ArrayDeque<WalRange> toAsk = new ArrayDeque<>(pieces);
            Map<Lsn, WalRange> asked = new HashMap<>();
            while (!asked.isEmpty() || !toAsk.isEmpty()) {
                while (!toAsk.isEmpty() && asked.size() < WINDOW) {
                    WalRange next = toAsk.remove();
                    asked.put(next.from(), next);
                    requests.accept(source, next);
                }
                WalPiece piece = arrivals.poll(ASK_AGAIN_MS, TimeUnit.MILLISECONDS);
                if (System.nanoTime() > endNs) {
                    throw ActionFailed.failed("the WAL did not come in time");
                }
                site.needNotWithdrawn();
                if (piece == null) {
                    asked.values().forEach(range -> requests.accept(source, range));
                } else {
                    arrived(source, piece, asked, staged);
                }
            }
        } finally {
            awaited = null;
        }
    }

    private static void arrived(MemberName source, WalPiece piece, Map<Lsn, WalRange> asked, StagedWal staged)
            throws ActionFailed, IOException {
        WalRange range = asked.get(piece.from());
        if (range == null || !range.timeline().equals(piece.timeline())) {
            return;
        }
        if (piece.content().length != range.length()) {
            throw ActionFailed.failed(source + " has not got its WAL at " + range.from());
        }
        asked.remove(piece.from());
        staged.put(piece);
    }

    /**
     * Recovery that waits for WAL looks at what lies here each time it is woken, which a reload does. It has all of it, so a
     * promise that is asked for meanwhile waits for the end of this, and does not cut it off.
     */
    private void awaitReplay(Replay replay, Lsn end) throws ActionFailed, SQLException, InterruptedException {
        long reloadedNs = System.nanoTime() - RELOAD_EVERY_NS;
        while (!replay.reached(end)) {
            if (System.nanoTime() - reloadedNs >= RELOAD_EVERY_NS) {
                following.reload();
                reloadedNs = System.nanoTime();
            }
        }
    }
}
