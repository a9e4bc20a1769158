package io.pgmahout.agent.cluster;

import io.pgmahout.agent.calls.Deadline;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock among all processes of this host, by a lock file that is never removed. Within a process a lock of its own
 * comes first: the system knows one owner per process, and drops its lock when any channel on the file is closed.
 */
final class HostLock {

    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** One for each path this process ever locked: an agent has one store. */
    private static final ConcurrentHashMap<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path file;
    private final ReentrantLock inProcess;

    HostLock(Path file) {
        this.file = file;
        this.inProcess = IN_PROCESS.computeIfAbsent(file, path -> new ReentrantLock());
    }

    /** Work done under the lock; {@code held} is the lock file, whose content is nobody else's meanwhile. */
    interface Work<T> {
        T run(FileChannel held) throws IOException;
    }

    /** Does {@code work} under the lock; null if the lock could not be had in time, and nothing was done. */
    <T> @Nullable T hold(Deadline deadline, Work<T> work) throws IOException {
        try {
            if (!inProcess.tryLock(deadline.leftNanos(), TimeUnit.NANOSECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = poll(channel, deadline)) {
            return lock == null ? null : work.run(channel);
        } finally {
            inProcess.unlock();
        }
    }

    private static @Nullable FileLock poll(FileChannel channel, Deadline deadline) throws IOException {
        FileLock lock = channel.tryLock();
        while (lock == null && !deadline.passed()) {
            LockSupport.parkNanos(channel, Math.min(POLL_NANOS, deadline.leftNanos()));
            lock = channel.tryLock();
        }
        return lock;
    }
}
