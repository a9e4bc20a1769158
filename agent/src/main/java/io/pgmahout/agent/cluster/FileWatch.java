package io.pgmahout.agent.cluster;

import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the record's file: the system tells of changes (inotify), and the file is read every second anyway. One
 * daemon thread, until closed.
 */
final class FileWatch implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Path file;
    private final Function<Duration, ReadOutcome> read;
    private final Witness witness;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("file-watch").unstarted(this);
    private volatile boolean closed;

    FileWatch(Path file, Function<Duration, ReadOutcome> read, Witness witness) {
        this.file = file;
        this.read = read;
        this.witness = witness;
    }

    void start() {
        thread.start();
    }

    void close() {
        closed = true;
        thread.interrupt();
    }

    @Override
    public void run() {
        try (WatchService changes = file.getFileSystem().newWatchService()) {
            look(changes);
        } catch (IOException e) {
            LOG.warn("changes of {} are seen by reading it every second only: {}", file, e.toString());
            look(null);
        } catch (ClosedWatchServiceException e) {
            LOG.debug("watch closed", e);
        }
    }

    private void look(@Nullable WatchService changes) {
        WatchKey key = null;
        while (!closed) {
            if (changes != null && (key == null || !key.isValid())) {
                key = register(changes);
            }
            readOnce();
            if (!closed) {
                await(changes);
            }
        }
    }

    private @Nullable WatchKey register(WatchService changes) {
        try {
            return file.resolveSibling(".")
                    .normalize()
                    .register(changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
        } catch (IOException e) {
            LOG.debug("no watch on the directory of {}", file, e);
            return null;
        }
    }

    private void readOnce() {
        switch (read.apply(POLL)) {
            case ReadOutcome.Found found -> {
                witness.state(null);
                witness.saw(found.stored());
            }
            case ReadOutcome.Absent absent -> witness.state(null);
            case ReadOutcome.Refused refused -> witness.state(refused.reason());
            case ReadOutcome.Unavailable unavailable -> {
                if (!closed) {
                    witness.state(unavailable.reason());
                }
            }
        }
    }

    /** Returns once the file has changed, or a second has passed. */
    private void await(@Nullable WatchService changes) {
        Deadline end = Deadline.after(POLL);
        try {
            while (!closed && !end.passed()) {
                if (changes == null) {
                    LockSupport.parkNanos(this, end.leftNanos());
                    continue;
                }
                WatchKey key = changes.poll(end.leftNanos(), TimeUnit.NANOSECONDS);
                if (key != null) {
                    boolean ours = key.pollEvents().stream().anyMatch(this::concernsUs);
                    if (!key.reset() || ours) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean concernsUs(WatchEvent<?> event) {
        return event.kind().equals(StandardWatchEventKinds.OVERFLOW)
                || (event.context() instanceof Path name && name.equals(file.getFileName()));
    }
}
