package io.pgmahout.agent.routing;

import io.pgmahout.agent.model.Term;

/** What is to be done next, so that what leads clients becomes what a member wishes. */
sealed interface Move {

    /** All is as it is wished, or it is another's turn. */
    record Nothing() implements Move {}

    /** It is not known what is there. */
    record ListPods() implements Move {}

    /** This member's pod is not among the cluster's: is it there? */
    record ReadOwnPod() implements Move {}

    record ReadService() implements Move {}

    /** Ask the store which term is the newest. */
    record AskTerm() implements Move {}

    /** Give a pod these labels, if it still is of the version that was seen. */
    record Label(SeenPod pod, Labels labels) implements Move {}

    /**
     * Let the Service lead to the pod that wears the label of a term, and tell by the claim of another, the same or a
     * newer one, whom it belongs to; if it still is of the version that was seen.
     */
    record Lead(SeenService service, Term term, Term claim) implements Move {}

    /** Somebody must do something first. */
    record Stuck(String reason) implements Move {}
}
