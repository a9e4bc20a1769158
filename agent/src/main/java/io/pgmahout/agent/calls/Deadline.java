package io.pgmahout.agent.calls;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The end of a call's time, in nanoseconds of this process's monotonic clock. It bounds waiting, never safety. */
public record Deadline(long atNanos) {

    public static Deadline after(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** Nanoseconds left, 0 when it has passed. */
    public long leftNanos() {
        return Math.max(0, atNanos - System.nanoTime());
    }

    public boolean passed() {
        return leftNanos() == 0;
    }

    /** The result of {@code future}; null if it did not come in time or the waiting thread was interrupted. */
    public <T> @Nullable T await(CompletableFuture<T> future) {
        try {
            return future.get(leftNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread of the store failed", e.getCause());
        }
    }
}
