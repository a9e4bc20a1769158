package io.pgmahout.agent.rollout;

/** What a rolling update does next. */
sealed interface Turn {

    /** Every pod was made from the newest template, or it is not ours to bring them there. */
    record Rest() implements Turn {}

    /** Not now. */
    record Wait(String reason) implements Turn {}

    /** The pod goes, and comes back from the newest template. */
    record Replace(SeenPod pod) implements Turn {}

    /** This member's own pod is the last: another member leads from now on. */
    record HandOver() implements Turn {}
}
