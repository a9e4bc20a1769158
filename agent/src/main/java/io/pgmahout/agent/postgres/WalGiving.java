package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gives the last WAL of the stopped server to the one member it is meant for. It is read and brought to disk, never
 * changed: what a standby gets, this member has for good, also when its machine loses power.
 */
final class WalGiving {

    private final Site site;
    private volatile ServerAction.@Nullable SecureWal secured;
    private @Nullable FutureTask<Boolean> forcing;

    WalGiving(Site site) {
        this.site = site;
    }

    void secure(ServerAction.SecureWal wanted) throws ActionFailed, IOException, InterruptedException {
        site.needStopped();
        site.needComplete();
        FutureTask<Boolean> before = forcing;
        if (before != null && !before.isDone()) {
            throw ActionFailed.failed("the disk has not answered since it was asked before");
        }
        FutureTask<Boolean> task = new FutureTask<>(() -> force(wanted));
        forcing = task;
        Thread.ofPlatform().name("wal-secure").daemon().start(task);
        try {
            task.get(wanted.limitMs(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw ActionFailed.failed("the WAL did not get to disk within " + wanted.limitMs() + " ms");
        } catch (ExecutionException e) {
            throw ActionFailed.failed("the WAL did not get to disk: " + e.getCause());
        }
        secured = wanted;
    }

    /** Of a disk that does not answer, a thread waits that nobody waits for. */
    private boolean force(ServerAction.SecureWal wanted) throws IOException {
        try (WalFiles files = new WalFiles(site.data(), wanted.end().timeline())) {
            files.secure(wanted.from().lsn(), wanted.end().lsn());
        }
        return true;
    }

    /** Something else becomes of the directory. */
    void forget() {
        secured = null;
    }

    /** A piece of what was secured; null for what is none of it, or for another member. Blocks. */
    @Nullable
    WalPiece piece(MemberName to, WalRange wanted) throws IOException {
        if (!gives(to, wanted)) {
            return null;
        }
        try (WalFiles files = new WalFiles(site.data(), wanted.timeline())) {
            byte[] content = files.read(wanted);
            // A server that was started meanwhile may have used the segment for something else.
            return gives(to, wanted) ? new WalPiece(wanted.timeline(), wanted.from(), content) : null;
        }
    }

    private boolean gives(MemberName to, WalRange wanted) {
        ServerAction.SecureWal now = secured;
        return now != null
                && now.to().equals(to)
                && now.end().timeline().equals(wanted.timeline())
                && wanted.from().compareTo(now.from().lsn()) >= 0
                && wanted.from().compareTo(now.end().lsn()) < 0
                && wanted.from().value() + wanted.length() <= now.end().lsn().value()
                && site.serverGone();
    }
}
