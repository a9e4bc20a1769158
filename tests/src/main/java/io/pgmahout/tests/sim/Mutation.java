package io.pgmahout.tests.sim;

/**
 * A world that breaks a promise the protocol rests on, or an executor that breaks the order its effects demand.
 * Each must be caught within its budget of seeds: that is how the simulator shows that it can see.
 */
enum Mutation {
    NONE(0),
    /** The gate lets a permit run out and does nothing. */
    GATE_IGNORES_DEADLINE(300),
    /** The gate takes back a freeze by itself. */
    GATE_THAWS_ALONE(300),
    /** A permit is only ever extended: shortening is confirmed and not done. */
    GATE_NEVER_SHORTENS(600),
    /** A postmaster is killed alone: its backends commit on for a while. */
    KILL_LEAVES_BACKENDS(300),
    /** What is to be sent after an fsync is sent before it, and the machine's crash loses the file. */
    SENT_BEFORE_PERSISTED(300),
    /** The voter file is never on disk, although the executor says so. */
    PERSIST_FORGETS(300),
    /** Clocks that run up to 40 % apart. */
    CLOCK_BEYOND_BOUND(600),
    /** The margin is given away: every permit reaches 400 ms further than it should. */
    PERMIT_REACHES_FURTHER(2_000),
    /** Acknowledgements count from their receipt, not from the sending of the heartbeat. */
    ACK_COUNTED_FROM_RECEIPT(4_000),
    /** A write that timed out is told as refused, and may be applied later. */
    LATE_WRITE_CALLED_REFUSED(2_000),
    /** A compare-and-set applies on any version. */
    WRITE_ON_ANY_VERSION(300),
    /** What is to be created if there is none replaces what is there. */
    CREATION_REPLACES(3_000),
    /** A compare-and-set on a version of a record that was deleted creates it. */
    WRITE_CREATES(6_000),
    /** The versions of a record that was deleted begin anew. */
    VERSIONS_BEGIN_AGAIN(300),
    /** A withdrawal leaves the walreceiver connected and says it is gone. */
    WITHDRAWAL_LIES(300),
    /** A timeline id is taken for the branch that the record calls by that id (A3). */
    BRANCH_BY_TIMELINE(3_000),
    /** What lies on a volume that was mounted over a clone is told as this member's present data. */
    FORMER_DATA_COUNTS(6_000),
    /** Half of the WAL that a standby takes is written, and it is told as taken without looking how far recovery gets. */
    WAL_TAKEN_IN_PART(300),
    /** It is written at another place, and told as taken without looking how far recovery gets. */
    WAL_MISPLACED(300),
    /** WAL is given away that its owner's disk does not have. */
    WAL_NOT_SECURED(1_000),
    /** It is written late, although receiving was stopped meanwhile, for a promise. */
    WAL_TAKEN_AFTER_PROMISE(1_000),
    /** What a taking that was cut off left in pg_wal stays there, and the standby tells its position and goes on. */
    WAL_REMAINS_STAY(1_000),
    /** A member acknowledges that it grants the holder F without the store, and owes it nothing. */
    FAILSAFE_NOT_OWED(6_000),
    /** A voter that is out of reach is taken to have granted F: the holder goes on although one of them may lead. */
    FAILSAFE_WITHOUT_ONE(6_000),
    /** Nobody is told how far data reaches in which no server runs. */
    REACH_UNTOLD(3_000),
    /** A rewind leaves the directory as it was and says that it is done. */
    REWIND_DOES_NOTHING(600);

    private final int seeds;

    Mutation(int seeds) {
        this.seeds = seeds;
    }

    /** Whether a cluster that does not recover counts as caught; elsewhere it might be chance. */
    boolean blocks() {
        return this == REWIND_DOES_NOTHING || this == VERSIONS_BEGIN_AGAIN;
    }

    /** How many seeds it may take to catch it. */
    int seeds() {
        return seeds;
    }
}
