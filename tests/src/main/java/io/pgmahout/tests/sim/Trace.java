package io.pgmahout.tests.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The transcript of a world: one line an event, columns of fixed width. Kept only when asked for. */
final class Trace {
    private final boolean on;
    private final List<String> lines = new ArrayList<>();

    Trace(boolean on) {
        this.on = on;
    }

    /** Whether it is worth making the text of a line. */
    boolean on() {
        return on;
    }

    /**
     * Adds a line.
     *
     * @param clockMs what the member's clock reads, −1 where no member is concerned
     */
    void line(long virtualUs, String who, long clockMs, String part, String text) {
        if (on) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%4d.%06d %-5s %9s %-7s %s",
                    virtualUs / 1_000_000,
                    virtualUs % 1_000_000,
                    who,
                    clockMs < 0 ? "" : clockMs,
                    part,
                    text));
        }
    }

    List<String> lines() {
        return lines;
    }
}
