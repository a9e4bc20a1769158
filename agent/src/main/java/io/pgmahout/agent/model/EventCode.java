package io.pgmahout.agent.model;

/**
 * Everything that is logged as an event. Codes are stable: alerts are built on them.
 */
public enum EventCode {
    AGENT_STARTED(Level.INFO, "The agent has started.", "Nothing."),
    AGENT_STOPPING(Level.INFO, "The agent stops.", "Nothing, if it was asked to."),
    RULE_CHANGED(Level.INFO, "Another rule of the decision table fires.", "Nothing: this is the trace of decisions."),
    TERM_TAKEN(Level.WARN, "This member took over as primary.", "Look at history for why; check the former primary."),
    TERM_LOST(
            Level.WARN, "Another member holds the term; this server was fenced.", "It rejoins by itself; see explain."),
    RECORD_CHANGED(Level.INFO, "The holder changed the cluster record.", "Nothing."),
    HANDED_OVER(Level.WARN, "This member handed the term over.", "Nothing, if it was asked to."),
    REAFFIRMED(
            Level.WARN,
            "The holder took a new term because members had promised against the old one.",
            "Look for stalls of the holder or its network."),
    STORE_LOST(Level.ERROR, "The cluster store does not answer.", "Restore it: no takeover happens meanwhile."),
    STORE_BACK(Level.INFO, "The cluster store answers again.", "Nothing."),
    PERMIT_LAPSED(
            Level.ERROR,
            "The write permit ran out; the gate froze the server.",
            "Find why the agent could not reach its peers and its store."),
    HAND_PROMOTION(
            Level.ERROR,
            "The server became writable without the right to; it was killed.",
            "Find who promoted it; use switchover instead."),
    SERVER_STARTED(Level.INFO, "The server accepts connections.", "Nothing."),
    SERVER_ENDED(Level.WARN, "The server ended.", "Look at its log if nobody stopped it."),
    PROMOTED(Level.INFO, "The promotion is done.", "Nothing."),
    PROMOTION_FAILED(Level.ERROR, "The promotion failed.", "Look at the server's log."),
    ACTION_FAILED(
            Level.WARN,
            "A step on the server or its data directory failed; it is tried again.",
            "Look at the detail and the server's log."),
    CLONE_STARTED(Level.INFO, "A clone has begun.", "Nothing."),
    CLONE_ENDED(Level.INFO, "A clone is complete.", "Nothing."),
    REWIND_STARTED(Level.INFO, "A rewind has begun.", "Nothing."),
    REWIND_ENDED(Level.INFO, "A rewind is complete.", "Nothing."),
    DATA_REFUSED(
            Level.ERROR,
            "The data directory is not one this cluster may use.",
            "See the reason; move the directory away or correct the configuration."),
    DATA_UNSEEN(
            Level.WARN,
            "A cold start went on without members whose data was not seen.",
            "If they held newer data, it is lost: compare before they rejoin."),
    MEMBER_LISTED(Level.INFO, "A member votes.", "Nothing."),
    MEMBER_DROPPED(Level.WARN, "A silent member no longer votes.", "Bring it back."),
    PEER_LOST(Level.WARN, "A member does not answer.", "Look at its machine and network."),
    PEER_BACK(Level.INFO, "A member answers again.", "Nothing."),
    LEASE_RAISED(Level.WARN, "The loop ran late: the peer lease was raised.", "Look for an overloaded machine."),
    LEASE_LOWERED(Level.INFO, "The peer lease is back at its default.", "Nothing."),
    LOOP_SLOW(Level.WARN, "A step of the control loop took long.", "Look for an overloaded machine."),
    PAUSED(Level.WARN, "Automatic actions are paused.", "Resume when done."),
    RESUMED(Level.INFO, "Automatic actions go on.", "Nothing."),
    SWITCHOVER_STARTED(Level.INFO, "A switchover has begun.", "Nothing."),
    SWITCHOVER_ENDED(Level.INFO, "A switchover has ended.", "Nothing."),
    SWITCHOVER_GIVEN_UP(Level.WARN, "A switchover was given up; the old primary goes on.", "See the reason."),
    FAILOVER_REFUSED(Level.WARN, "This member would have to lead and may not.", "See the reason."),
    GATE_LOST(Level.ERROR, "The gate does not answer.", "Look at the gate's log; the member is not fenced by it now."),
    GATE_BACK(Level.INFO, "The gate answers again.", "Nothing."),
    GATE_TERMINATING(Level.INFO, "The gate was asked to end: the server is handed over or stopped.", "Nothing."),
    INVARIANT_BROKEN(
            Level.ERROR,
            "An invariant does not hold: the permit was dropped and the agent ends.",
            "Report it with the log and history."),
    HOSTILE_BYTES(Level.WARN, "Bytes that are no message of ours came in on the gossip port.", "Find the sender."),
    PEER_REFUSED(Level.WARN, "A member was refused.", "See the reason."),
    CONFIGURATION_RELOADED(Level.INFO, "The configuration was read again.", "See which keys wait for a restart."),
    CALLBACK_FAILED(Level.WARN, "The callback failed or took too long.", "Correct the command."),
    SLOT_FAILED(Level.WARN, "A replication slot could not be kept.", "See the reason.");

    /** How loud an event is. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }

    private final Level level;
    private final String sentence;
    private final String advice;

    EventCode(Level level, String sentence, String advice) {
        this.level = level;
        this.sentence = sentence;
        this.advice = advice;
    }

    public Level level() {
        return level;
    }

    /** What happened, one sentence. */
    public String sentence() {
        return sentence;
    }

    /** What an operator should do. */
    public String advice() {
        return advice;
    }
}
