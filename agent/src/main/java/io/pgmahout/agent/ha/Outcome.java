package io.pgmahout.agent.ha;

/** What became of an effect. */
public enum Outcome {
    DONE,
    /** Not done, and it will not be done later: somebody said no. */
    REFUSED,
    /** Not done, or done half; whoever asked looks at what there is. */
    FAILED,
    /** Nobody knows; it may still be done later. */
    UNKNOWN
}
