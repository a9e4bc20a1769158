package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import org.jspecify.annotations.Nullable;

/** What members tell each other. Who sent it comes from the connection, never from the message. */
public sealed interface Message {

    /**
     * "I am primary of {@code term}."
     *
     * @param sentMs the sender's clock, read before the send; the acknowledgement carries it back
     * @param leaseMs G of this heartbeat: how long its acknowledgement counts
     * @param position the primary's flushed position, null while its postgres is not up
     */
    record Heartbeat(
            Term term,
            long sequence,
            long sentMs,
            long leaseMs,
            @Nullable WalPosition position) implements Message {}

    /** "I shall promise nobody anything for the lease of this heartbeat, by my clock." */
    record HeartbeatAck(
            Term term,
            long sequence,
            long sentMs,
            long leaseMs,
            @Nullable WalPosition position) implements Message {}

    /** "I promised never to acknowledge a term up to {@code promised}", or a newer term is known. */
    record HeartbeatRefused(Term term, Term promised) implements Message {}

    /** "I have read the record since my lease lapsed, and would replace the holder of {@code term}: promise." */
    record PromiseRequest(Term term) implements Message {}

    /**
     * A promise against {@code term}: the sender's expiry has passed, it will never again acknowledge a term up to
     * this one, receives no WAL, and this is what it holds.
     *
     * @param position null when it is not known; such a promise counts for the quorum alone
     * @param obstacle why the sender may not lead, or null if it may
     * @param sawHolder whether the sender, since its agent started, acknowledged a heartbeat of this term: if none
     *     did, the whole cluster was down (cold start)
     */
    record Promise(
            Term term,
            VoterId voter,
            @Nullable WalPosition position,
            @Nullable DataId data,
            int priority,
            @Nullable String obstacle,
            boolean sawHolder)
            implements Message {}

    /** "Tell me what you hold, read now." Answered by a {@link Report}. */
    record ReportRequest() implements Message {}

    /** What a member tells of itself, every second, after each change and when asked. */
    record Report(MemberReport report) implements Message {}

    /**
     * "My server ended; I am holder of {@code term}, and what it wrote up to {@code end} is durable here. Take it."
     *
     * @param end of its last whole record
     */
    record WalOffer(Term term, WalPosition end) implements Message {}

    /**
     * What was offered is not taken. That it was taken a report tells.
     *
     * @param reason a sentence
     */
    record WalRefusal(Term term, WalPosition end, String reason) implements Message {}

    /** The sender stops on purpose and will not acknowledge any more. */
    record Farewell() implements Message {}
}
