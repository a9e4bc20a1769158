package io.pgmahout.agent.model;

/** What the primary's permit hangs on, and so what a takeover without a release needs. */
public enum TakeoverRule {
    /** The primary needs a majority's acknowledgements; promises of enough members replace it within seconds. */
    QUORUM,
    /** The primary needs its store lease alone; it is replaced only when that has visibly run out. */
    TTL
}
