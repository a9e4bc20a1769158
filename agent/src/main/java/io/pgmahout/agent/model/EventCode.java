package io.pgmahout.agent.model;

import java.util.List;

/**
 * Everything that is logged as an event. Codes are stable: alerts are built on them.
 */
public enum EventCode {
    AGENT_STARTED(Level.INFO, "The agent has started.", "Nothing.", Field.VERSION),
    AGENT_STOPPING(Level.INFO, "The agent stops.", "Nothing, if it was asked to.", Field.REASON),
    AGENT_REFUSED(
            Level.ERROR,
            "The agent may not run here, and ends.",
            "See the reason: another agent is beside this gate, has this name, or sees another clock than its gate.",
            Field.REASON),
    RULE_CHANGED(
            Level.INFO,
            "Another rule of the decision table fires.",
            "Nothing: this is the trace of decisions.",
            Field.QUESTION,
            Field.BEFORE,
            Field.WHY),
    TERM_TAKEN(
            Level.WARN,
            "This member took over as primary.",
            "Look at history for why; check the former primary.",
            Field.WRITE,
            Field.VERSION),
    TERM_LOST(
            Level.WARN,
            "Another member took the term; this server is fenced.",
            "It rejoins by itself; see explain.",
            Field.HOLDER,
            Field.NEW_TERM),
    RECORD_CHANGED(Level.INFO, "The holder changed the cluster record.", "Nothing.", Field.WRITE, Field.VERSION),
    HANDED_OVER(
            Level.INFO,
            "This member handed the term over.",
            "Nothing, if it was asked to.",
            Field.WRITE,
            Field.VERSION),
    REAFFIRMED(
            Level.WARN,
            "The holder took a new term because members had promised against the old one.",
            "Look for stalls of the holder or its network.",
            Field.WRITE,
            Field.VERSION),
    RECORD_GONE(
            Level.ERROR,
            "Somebody removed the cluster record.",
            "Nothing, if RECORD_REMADE follows within seconds. Else put it back as it was, or see operations: nobody takes"
                    + " over without it."),
    RECORD_REMADE(
            Level.WARN,
            "The record had been removed; its holder made it anew.",
            "Find who removed it, and do not do so while an agent runs.",
            Field.WRITE,
            Field.VERSION),
    STORE_LOST(
            Level.ERROR,
            "The cluster store does not answer, or refuses what is to be written.",
            "Restore it: no takeover happens meanwhile.",
            Field.DETAIL),
    STORE_BACK(Level.INFO, "The cluster store answers again.", "Nothing.", Field.AWAY_MS),
    STORE_WATCH_REFUSED(
            Level.WARN,
            "The right to watch the record is missing: changes are seen up to five seconds late.",
            "Grant the verb that the detail names. FAILURE_ENDED tells when it is heard of at once again.",
            Field.DETAIL),
    FAILSAFE_ENTERED(
            Level.WARN,
            "The store lease is over; the primary goes on because every voter acknowledges it.",
            "Restore the store, and no member may end before: the primary would stop."),
    FAILSAFE_MISSING(
            Level.ERROR,
            "The store does not take the primary's writes, and not every voter acknowledges it: it stops with its leases.",
            "Restore the store, or the members that are missing.",
            Field.MEMBERS),
    FAILSAFE_LEFT(Level.INFO, "The primary no longer lives on its voters' acknowledgements alone.", "Nothing."),
    PERMIT_LAPSED(
            Level.ERROR,
            "The write permit ran out; the gate froze the server.",
            "Find why the agent could not reach its peers and its store.",
            Field.LAUNCH),
    HAND_PROMOTION(
            Level.ERROR,
            "The server became writable without the right to; it was killed.",
            "Find who promoted it; use switchover instead.",
            Field.HOLDER),
    SERVER_STARTED(Level.INFO, "The server accepts connections.", "Nothing.", Field.RECOVERING),
    SERVER_ENDED(Level.WARN, "The server ended.", "Look at its log if nobody stopped it.", Field.EXIT, Field.LAUNCH),
    PROMOTED(Level.INFO, "The promotion is done.", "Nothing.", Field.ACTION, Field.TOOK_MS, Field.DETAIL),
    PROMOTION_FAILED(
            Level.ERROR,
            "The promotion failed.",
            "Look at the server's log.",
            Field.ACTION,
            Field.TOOK_MS,
            Field.DETAIL),
    ACTION_FAILED(
            Level.WARN,
            "A step on the server or its data directory failed; it is tried again.",
            "Look at the detail and the server's log.",
            Field.ACTION,
            Field.TOOK_MS,
            Field.DETAIL),
    CLONE_STARTED(Level.INFO, "A clone has begun.", "Nothing.", Field.SOURCE),
    CLONE_ENDED(Level.INFO, "A clone is complete.", "Nothing.", Field.ACTION, Field.TOOK_MS, Field.DETAIL),
    REWIND_STARTED(Level.INFO, "A rewind has begun.", "Nothing.", Field.SOURCE),
    REWIND_ENDED(Level.INFO, "A rewind is complete.", "Nothing.", Field.ACTION, Field.TOOK_MS, Field.DETAIL),
    DATA_REFUSED(
            Level.ERROR,
            "The data directory is not one this cluster may use.",
            "See the reason; mount the right volume, move the directory away or correct the configuration.",
            Field.REASON),
    DATA_MISSING(
            Level.WARN,
            "The data directory is empty, or its WAL is not there, although this member's data lay there.",
            "Mount the volume that the reason names. Where it is lost, nothing: after failover.cold-start-wait the primary is cloned, by reinit"
                    + " at once. Where all members' data is lost, no cluster is formed before the state directories are"
                    + " moved away: see operations.",
            Field.REASON),
    DATA_AHEAD(
            Level.ERROR,
            "This member's data goes further than that from which the cluster was formed again: it is left as it is.",
            "Compare it with the primary's. Then give it up with reinit, or form the cluster from it: see operations.",
            Field.HOLDER),
    FORMED_AGAIN(
            Level.WARN,
            "The record had been lost: the cluster is formed again from this member's data, the newest that was seen.",
            "Bring the members that are not named: one whose data goes further tells DATA_AHEAD.",
            Field.POSITION,
            Field.MEMBERS),
    DATA_UNSEEN(
            Level.WARN,
            "A cold start went on without members whose data was not seen.",
            "If they held newer data, it is lost: compare before they rejoin.",
            Field.MEMBERS),
    MEMBER_LISTED(Level.INFO, "A member votes.", "Nothing.", Field.WRITE, Field.VERSION),
    MEMBER_DROPPED(Level.WARN, "A silent member no longer votes.", "Bring it back.", Field.WRITE, Field.VERSION),
    MEMBER_FORGOTTEN(
            Level.INFO,
            "A member that votes no more was not heard of for as long as its slot is kept: it is forgotten.",
            "Nothing, if it was removed; one that comes back later is cloned again.",
            Field.PEER),
    PEER_LOST(Level.WARN, "A member does not answer.", "Look at its machine and network.", Field.PEER, Field.RESET),
    PEER_BACK(Level.INFO, "A member answers again.", "Nothing.", Field.PEER),
    LEASE_RAISED(
            Level.WARN,
            "The loop ran late: the peer lease was raised.",
            "Look for an overloaded machine.",
            Field.LEASE_MS,
            Field.LATE_MS),
    LEASE_LOWERED(Level.INFO, "The peer lease is back at its default.", "Nothing.", Field.LEASE_MS),
    LOOP_SLOW(
            Level.WARN,
            "A step of the control loop took long.",
            "Look for an overloaded machine.",
            Field.STEP,
            Field.TOOK_MS),
    PAUSED(Level.WARN, "Automatic actions are paused.", "Resume when done.", Field.WRITE, Field.VERSION),
    RESUMED(Level.INFO, "Automatic actions go on.", "Nothing.", Field.WRITE, Field.VERSION),
    SWITCHOVER_STARTED(Level.INFO, "A switchover has begun.", "Nothing.", Field.WRITE, Field.VERSION),
    SWITCHOVER_ENDED(Level.INFO, "A switchover has ended.", "Nothing.", Field.LEADER),
    SWITCHOVER_GIVEN_UP(
            Level.WARN,
            "A switchover was given up; the old primary goes on.",
            "See the reason.",
            Field.WRITE,
            Field.VERSION),
    FAILOVER_REFUSED(Level.WARN, "A member would have to lead and may not.", "See the reason.", Field.REASON),
    GATE_LOST(
            Level.ERROR,
            "The gate does not answer.",
            "Look at the gate's log; the member is not fenced by it now.",
            Field.DETAIL),
    GATE_BACK(Level.INFO, "The gate answers again.", "Nothing.", Field.AWAY_MS),
    GATE_TERMINATING(Level.INFO, "The gate was asked to end: the server is handed over or stopped.", "Nothing."),
    INVARIANT_BROKEN(
            Level.ERROR,
            "An invariant does not hold: the permit was dropped and the agent ends.",
            "Report it with the log and history.",
            Field.DETAIL),
    HOSTILE_BYTES(
            Level.WARN,
            "What came in on the gossip port is no message of ours, cannot be meant, or is more than a member has to say.",
            "Find the sender. A member that does so has a fault, or its key was stolen: see security.",
            Field.ADDRESS,
            Field.PEER,
            Field.DETAIL),
    PEER_REFUSED(Level.WARN, "A member was refused.", "See the reason.", Field.DETAIL),
    CONFIGURATION_RELOADED(
            Level.INFO,
            "The configuration was read again.",
            "See which keys wait for a restart.",
            Field.APPLIED,
            Field.WAITING),
    CALLBACK_FAILED(
            Level.WARN, "The callback failed or took too long.", "Correct the command.", Field.ROLE, Field.DETAIL),
    ROUTING_MOVED(
            Level.INFO,
            "The Service of the primary leads clients to this member.",
            "Nothing.",
            Field.OBJECT,
            Field.TOOK_MS),
    ROUTING_CORRECTED(
            Level.WARN,
            "Labels or a selector were not as this member had left them; they were put right.",
            "Find who changes them.",
            Field.OBJECT,
            Field.DETAIL),
    ROUTING_LOST(
            Level.WARN,
            "What leads clients in Kubernetes cannot be seen or changed; it stays as it is.",
            "See the detail, which names a verb that is missing. ROUTING_BACK tells when it can be again.",
            Field.DETAIL),
    ROUTING_BACK(Level.INFO, "What leads clients can be seen and changed again.", "Nothing.", Field.AWAY_MS),
    ROLE_EVENTS_REFUSED(
            Level.WARN,
            "Changes of role are not told as Events of Kubernetes: the right to make them is missing.",
            "Grant the verb that the detail names. Nothing else depends on it.",
            Field.DETAIL),
    ROLLING_UPDATE_STEP(
            Level.INFO, "A pod of an older template is evicted, to come back of the newest.", "Nothing.", Field.OBJECT),
    ROLLING_UPDATE_WAITS(
            Level.WARN,
            "A rolling update has waited for a minute.",
            "See the detail: a pod that does not become ready, a member that is not well, or a right that is missing."
                    + " FAILURE_ENDED tells when it goes on.",
            Field.DETAIL),
    ROLLING_UPDATE_ENDED(Level.INFO, "Every pod is of the newest template.", "Nothing.", Field.OBJECT),
    SLOT_FAILED(
            Level.WARN,
            "The replication slots for the other members could not be kept.",
            "See the detail; FAILURE_ENDED tells when they are.",
            Field.DETAIL),
    FAILURE_ENDED(
            Level.INFO,
            "Something that failed again and again works again.",
            "Nothing.",
            Field.FAILED,
            Field.SUBJECT,
            Field.FAILURES,
            Field.AWAY_MS),
    WAL_TAKEN(
            Level.INFO,
            "This standby took, and replayed, the last WAL of a primary whose server ended: it lacks nothing.",
            "Nothing.",
            Field.BYTES,
            Field.FROM,
            Field.TO,
            Field.SOURCE,
            Field.TOOK_MS),
    WAL_NOT_TAKEN(
            Level.WARN,
            "A standby did not take the last WAL of this primary, whose server ended.",
            "See the reason: another standby is given it, or the server is started in place.",
            Field.PEER,
            Field.REASON),
    WAL_LEFT_OUT(
            Level.WARN,
            "This member took over without WAL that the former primary is known to have had.",
            "What was committed in that range is missing here; while the former primary's data directory is kept aside,"
                    + " it is there.",
            Field.BYTES,
            Field.FROM,
            Field.TO),
    REQUEST_REFUSED(
            Level.WARN,
            "A request on the admin port was refused for want of a right.",
            "Find who sent it, or give them the token.",
            Field.ADDRESS,
            Field.REASON),
    PORT_CROWDED(
            Level.WARN,
            "A port of the agent has more connections than it keeps: the oldest of who has most are closed for new ones.",
            "Find who opens them, and keep them out by a firewall.",
            Field.ADDRESS,
            Field.DETAIL);

    /** How loud an event is. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }

    /**
     * A field that an event may carry beside those of every line (event, cluster, member, term, timeline, rule). A
     * name means the same in every event that carries it; units are last in names.
     */
    public enum Field {
        ACTION("action", Type.TEXT, "What was tried."),
        ADDRESS("address", Type.TEXT, "Where it came from."),
        APPLIED("applied", Type.TEXT, "The keys that took effect."),
        AWAY_MS("awayMs", Type.NUMBER, "How long it lasted, in milliseconds."),
        BYTES("bytes", Type.NUMBER, "How much write-ahead log."),
        DETAIL("detail", Type.TEXT, "What the other side or the operating system said."),
        EXIT("exit", Type.TEXT, "How the server ended: its exit status, or signal:N."),
        FAILED("failed", Type.TEXT, "The code of the event that told of the first failure."),
        FAILURES("failures", Type.NUMBER, "How often it failed."),
        BEFORE("before", Type.TEXT, "The rule that fired before; rule is the one that fires now."),
        FROM("from", Type.TEXT, "The LSN at which it begins."),
        HOLDER("holder", Type.TEXT, "The member that the record names."),
        LAUNCH("launch", Type.NUMBER, "The gate's number of the server's start."),
        LATE_MS("lateMs", Type.NUMBER, "How late the loop ran, in milliseconds."),
        LEADER("leader", Type.TEXT, "The member that leads now."),
        LEASE_MS("leaseMs", Type.NUMBER, "The peer lease as it is now, in milliseconds."),
        MEMBERS("members", Type.TEXT, "The members concerned."),
        NEW_TERM("newTerm", Type.NUMBER, "The term that was taken."),
        OBJECT("object", Type.TEXT, "The object of Kubernetes."),
        PEER("peer", Type.TEXT, "The other member."),
        POSITION("position", Type.TEXT, "How far the data reaches."),
        QUESTION("question", Type.TEXT, "The question that the decision table answered."),
        REASON("reason", Type.TEXT, "Why."),
        RECOVERING("recovering", Type.FLAG, "Whether it came up as a standby."),
        RESET("reset", Type.FLAG, "Whether its machine closed the connection, and so lives."),
        ROLE("role", Type.TEXT, "What the server is to its clients."),
        SOURCE("source", Type.TEXT, "The member that the data came from."),
        STEP("step", Type.TEXT, "The step of the loop."),
        SUBJECT("subject", Type.TEXT, "What had failed."),
        TO("to", Type.TEXT, "The LSN at which it ends."),
        TOOK_MS("tookMs", Type.NUMBER, "How long it took, in milliseconds."),
        VERSION("version", Type.TEXT, "The version: of the agent, or of the record that was written."),
        WHY("why", Type.TEXT, "The explanation of the rule."),
        WRITE("write", Type.TEXT, "What the record was written for."),
        WAITING("waiting", Type.TEXT, "The keys that wait for a restart of the agent.");

        /** How a value is written. */
        public enum Type {
            TEXT,
            /** A whole number, a number in JSON too. */
            NUMBER,
            FLAG
        }

        private final String key;
        private final Type type;
        private final String sentence;

        Field(String key, Type type, String sentence) {
            this.key = key;
            this.type = type;
            this.sentence = sentence;
        }

        /** As it stands in a log line. */
        public String key() {
            return key;
        }

        public Type type() {
            return type;
        }

        /** What it tells. */
        public String sentence() {
            return sentence;
        }
    }

    private final Level level;
    private final String sentence;
    private final String advice;
    // List.of makes an immutable list.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<Field> fields;

    EventCode(Level level, String sentence, String advice, Field... fields) {
        this.level = level;
        this.sentence = sentence;
        this.advice = advice;
        this.fields = List.of(fields);
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

    /** What a line of this event may tell beyond what every line tells. */
    public List<Field> fields() {
        return fields;
    }
}
