package io.pgmahout.agent.admin;

import java.util.function.LongSupplier;

/** So many per second on average, twice as many at once. One thread. */
final class Pace {

    private final double perSecond;
    private final LongSupplier nanoTime;
    private double left;
    private long lastNanos;

    Pace(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.left = 2.0 * perSecond;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Whether one more may go. */
    boolean admits() {
        long now = nanoTime.getAsLong();
        left = Math.min(2 * perSecond, left + (now - lastNanos) / 1e9 * perSecond);
        lastNanos = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
