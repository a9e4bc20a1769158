package io.pgmahout.agent.calls;

import java.time.Duration;

/** How long to wait before trying again: not at all the first time, then 0.1 s, 0.2 s … up to a limit. One thread. */
public final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final int MOST_DOUBLINGS = 10;

    private final Duration longest;
    private int failures;

    public Backoff(Duration longest) {
        this.longest = longest;
    }

    /** It failed, again perhaps: not to be tried before this has passed. */
    public Duration failed() {
        int before = failures;
        failures = before + 1;
        if (before == 0) {
            return Duration.ZERO;
        }
        Duration pause = FIRST.multipliedBy(1L << Math.min(before - 1, MOST_DOUBLINGS));
        return pause.compareTo(longest) > 0 ? longest : pause;
    }

    /** It works. */
    public void reset() {
        failures = 0;
    }

    /** How often it failed since it last worked. */
    public int failures() {
        return failures;
    }
}
