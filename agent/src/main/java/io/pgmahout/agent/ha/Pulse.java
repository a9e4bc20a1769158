package io.pgmahout.agent.ha;

/**
 * The primary's heartbeat.
 *
 * @param sinceMs since when this member leads in the present term
 * @param nextMs when the next is due
 * @param leaseMs G as it is now: raised while the loop measures itself late, lowered once it is not
 * @param lateMs when it was last late, −1 for never
 */
record Pulse(long sequence, long sinceMs, long nextMs, long leaseMs, long lateMs) {}
