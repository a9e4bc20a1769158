package io.pgmahout.agent.ha;

/**
 * The primary's heartbeat.
 *
 * @param sinceMs since when this member leads in the present term
 * @param nextMs when the next is due, never while none is sent
 * @param leaseMs G as it is now: raised while the loop measures itself late, lowered once it is not
 * @param lateMs when it was last late, −1 for never
 * @param resumedMs since when they are sent one after the other
 * @param sentMs when the last was sent, −1 before the first
 */
record Pulse(long sequence, long sinceMs, long nextMs, long leaseMs, long lateMs, long resumedMs, long sentMs) {

    /** Of an agent that has just started. */
    static Pulse first(long nowMs, long leaseMs) {
        return new Pulse(0, nowMs, nowMs, leaseMs, -1, nowMs, -1);
    }

    /** In a term that begins now. */
    Pulse term(long nowMs, long late) {
        return new Pulse(sequence, nowMs, nowMs, leaseMs, late, resumedMs, sentMs);
    }

    /** One is sent now. */
    Pulse beat(long nowMs, long everyMs) {
        return new Pulse(
                sequence + 1, sinceMs, nowMs + everyMs, leaseMs, lateMs, silentNow() ? nowMs : resumedMs, nowMs);
    }

    Pulse lease(long ms, long late) {
        return new Pulse(sequence, sinceMs, nextMs, ms, late, resumedMs, sentMs);
    }

    /** None is sent now: the next one, whenever it may be, is not late. */
    Pulse silent() {
        return new Pulse(sequence, sinceMs, View.NEVER, leaseMs, lateMs, resumedMs, sentMs);
    }

    boolean silentNow() {
        return nextMs == View.NEVER;
    }
}
