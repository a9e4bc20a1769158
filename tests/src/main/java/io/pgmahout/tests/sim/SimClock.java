package io.pgmahout.tests.sim;

/** A machine's CLOCK_BOOTTIME: runs at its own rate, read in steps of 10 ms as from /proc/uptime. */
final class SimClock {
    private static final long GRAIN_MS = 10;
    /** Beyond every world's life. */
    private static final long END_MS = 1_000_000_000_000L;

    private final double rate;
    private double offsetMs;

    /** @param rate of this clock against virtual time */
    SimClock(double rate, double offsetMs) {
        this.rate = rate;
        this.offsetMs = offsetMs;
    }

    long ms(long virtualUs) {
        return (long) Math.floor((offsetMs + virtualUs * rate / 1_000) / GRAIN_MS) * GRAIN_MS;
    }

    /** The first virtual time at which this clock reads {@code ms} or more. */
    long virtualUs(long ms) {
        if (ms > END_MS) {
            return END_MS * 1_000;
        }
        long reading = Math.ceilDiv(ms, GRAIN_MS) * GRAIN_MS;
        long us = (long) Math.ceil((reading - offsetMs) * 1_000 / rate);
        while (ms(us) < ms) {
            us++;
        }
        return us;
    }

    /** How long {@code ms} of this clock take in virtual time. */
    long spanUs(long ms) {
        return (long) (ms * 1_000 / rate);
    }

    /** The machine boots: the clock begins anew. */
    void restart(long virtualUs) {
        offsetMs = 1_000 - virtualUs * rate / 1_000;
    }
}
