package io.pgmahout.agent.ha;

/**
 * Whether the silent primary's machine still answers on its postgres port: only ever delays a promise.
 *
 * @param nextMs when to look again
 * @param answered whether the last look was answered
 * @param answeredMs when that was told, −1 for never
 */
record SecondLook(long nextMs, boolean answered, long answeredMs) {
    static final SecondLook NONE = new SecondLook(0, false, -1);
    static final long EVERY_MS = 50;

    /** An answer: the machine lives; its agent stalls, or its postgres is frozen. */
    static final long STALL_WAIT_MS = 250;

    /** An answer while the agent's own connection was reset: it is being restarted beside a living server. */
    static final long RESTART_WAIT_MS = 2_000;
}
