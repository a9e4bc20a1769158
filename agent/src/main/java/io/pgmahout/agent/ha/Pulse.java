package io.pgmahout.agent.ha;

/**
 * The primary's heartbeat.
 *
 * @param sinceMs since when this member leads in the present term
 * @param nextMs when the next is due, never while none is sent
 * @param leaseMs G as it is now: raised while the loop measures itself late, lowered once it is not
 * @param lateMs when it was last late, −1 for never
 */
record Pulse(long sequence, long sinceMs, long nextMs, long leaseMs, long lateMs) {

    /** None is sent now: the next one, whenever it may be, is not late. */
    Pulse silent() {
        return new Pulse(sequence, sinceMs, View.NEVER, leaseMs, lateMs);
    }
}
