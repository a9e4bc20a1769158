package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Timeline;
import org.jspecify.annotations.Nullable;

/**
 * The permit as this agent last gave it.
 *
 * @param deadlineMs on this machine's clock; {@link #UNTOUCHED} while this agent has given none: the gate may then
 *     still hold one of the agent before it, of any length
 * @param seq of the command that gave it
 * @param confirmSeq of the last command that the gate was asked to confirm, as each one that shortens it, or is the
 *     first: once the gate has come so far, no longer permit is in force
 */
record PermitGiven(long deadlineMs, @Nullable Timeline timeline, long seq, long confirmSeq) {

    static final long UNTOUCHED = Long.MAX_VALUE;

    static final PermitGiven NONE = new PermitGiven(UNTOUCHED, null, 0, 0);

    boolean touched() {
        return deadlineMs != UNTOUCHED;
    }

    /** The gate took it back by itself. */
    PermitGiven ended() {
        return new PermitGiven(0, null, seq, confirmSeq);
    }
}
