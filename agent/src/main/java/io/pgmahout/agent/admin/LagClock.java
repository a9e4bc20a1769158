package io.pgmahout.agent.admin;

import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Lag in time, measured with this machine's clock alone: how long ago the primary was last seen at or before the
 * position that a standby has now. Samples are taken once a second and reach back ten minutes. One thread.
 */
final class LagClock {

    private static final int MAX_SAMPLES = 600;

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long ms, WalPosition primary) {}

    /** {@code nowMs} is monotonic; the position is the primary's, null when not known. */
    void sample(long nowMs, @Nullable WalPosition primary) {
        if (primary == null) {
            return;
        }
        Sample last = samples.peekLast();
        if (last != null && !sameBranch(last.primary(), primary)) {
            samples.clear();
        }
        samples.addLast(new Sample(nowMs, primary));
        if (samples.size() > MAX_SAMPLES) {
            samples.removeFirst();
        }
    }

    /** Milliseconds, 0 when nothing is missing; empty when it is not known or longer than samples reach. */
    OptionalLong lagMs(long nowMs, @Nullable WalPosition standby) {
        Sample last = samples.peekLast();
        if (standby == null || last == null || !sameBranch(last.primary(), standby)) {
            return OptionalLong.empty();
        }
        if (standby.lsn().compareTo(last.primary().lsn()) >= 0) {
            return OptionalLong.of(0);
        }
        for (Iterator<Sample> newestFirst = samples.descendingIterator(); newestFirst.hasNext(); ) {
            Sample sample = newestFirst.next();
            if (sample.primary().lsn().compareTo(standby.lsn()) <= 0) {
                return OptionalLong.of(nowMs - sample.ms());
            }
        }
        return OptionalLong.empty();
    }

    private static boolean sameBranch(WalPosition one, WalPosition other) {
        return one.term().equals(other.term()) && one.timeline().equals(other.timeline());
    }
}
