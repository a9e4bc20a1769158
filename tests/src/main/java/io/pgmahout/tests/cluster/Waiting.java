package io.pgmahout.tests.cluster;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits with a limit. */
public final class Waiting {

    private static final long STEP_NANOS = 20_000_000;

    private Waiting() {}

    /**
     * Asks every 20 ms until the answer is yes.
     *
     * @param otherwise describes what was seen last, for the message
     * @throws ClusterException when it did not come in time, or this thread was interrupted
     */
    public static void until(String what, Duration limit, BooleanSupplier condition, Supplier<String> otherwise) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new ClusterException(
                        "not within %d s: %s; %s".formatted(limit.toSeconds(), what, otherwise.get()));
            }
            pause(STEP_NANOS);
        }
    }

    /** As above, with nothing to add. */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        until(what, limit, condition, () -> "still not so");
    }

    /** Lets {@code nanos} pass. */
    public static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new ClusterException("interrupted");
        }
    }
}
