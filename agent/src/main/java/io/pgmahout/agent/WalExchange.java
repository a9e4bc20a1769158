package io.pgmahout.agent;

import io.pgmahout.agent.gossip.Gossip;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import io.pgmahout.agent.postgres.LocalServer;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries pieces of write-ahead log between this member's server and the others. Files are read on a thread of its own. */
final class WalExchange implements Gossip.WalTraffic, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalExchange.class);

    private final LocalServer server;
    private final ThreadPoolExecutor reads = new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(32),
            Thread.ofPlatform().name("wal-read").daemon().factory());
    private volatile @Nullable Gossip gossip;

    WalExchange(LocalServer server) {
        this.server = server;
        reads.allowCoreThreadTimeOut(true);
    }

    void over(Gossip with) {
        gossip = with;
        server.walRequests(with::request);
    }

    /** What there is no room for is asked for again. */
    @Override
    public void requested(MemberName by, WalRange range) {
        try {
            reads.execute(() -> give(by, range));
        } catch (RejectedExecutionException full) {
            LOG.debug("too many pieces of WAL are asked for at once");
        }
    }

    private void give(MemberName to, WalRange range) {
        Gossip with = gossip;
        try {
            WalPiece piece = server.walPiece(to, range);
            if (with != null && piece != null) {
                with.send(to, piece);
            }
        } catch (IOException e) {
            LOG.warn("WAL cannot be read", e);
            if (with != null) {
                with.send(to, new WalPiece(range.timeline(), range.from(), new byte[0]));
            }
        }
    }

    @Override
    public void came(MemberName from, WalPiece piece) {
        server.walCame(from, piece);
    }

    @Override
    public void close() {
        reads.shutdownNow();
    }
}
