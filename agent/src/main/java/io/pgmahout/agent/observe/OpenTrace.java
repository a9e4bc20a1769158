package io.pgmahout.agent.observe;

import io.pgmahout.agent.observe.HistoryEntry.Mark;
import io.pgmahout.agent.observe.HistoryEntry.Trace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A trace that goes on. Each thing is marked the first time it happens, and only so many things. */
final class OpenTrace {

    /** What has not gone on for so long is over. */
    static final long SILENCE_MS = 20_000;

    static final int MAX_MARKS = 64;

    private final String sign;
    private final long beganMs;
    private final List<Mark> marks = new ArrayList<>();
    private final Set<String> marked = new HashSet<>();
    private long lastMs;
    private boolean consequential;

    /** Whether this member's server left recovery, or started as primary, in this trace. */
    boolean promoted;

    OpenTrace(String sign, long beganMs) {
        this.sign = sign;
        this.beganMs = beganMs;
        this.lastMs = beganMs;
    }

    void mark(String what, long nowMs, boolean consequence) {
        consequential |= consequence;
        if (marks.size() < MAX_MARKS && marked.add(what)) {
            marks.add(new Mark(nowMs - beganMs, what));
            lastMs = nowMs;
        }
    }

    long beganMs() {
        return beganMs;
    }

    /** Whether it led to more than looking. */
    boolean consequential() {
        return consequential;
    }

    boolean silent(long nowMs) {
        return nowMs - lastMs >= SILENCE_MS;
    }

    Trace closed(Instant at, String outcome) {
        return new Trace(at, sign, outcome, lastMs - beganMs, marks);
    }
}
