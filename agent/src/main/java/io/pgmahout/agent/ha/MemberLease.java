package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.WalPosition;
import org.jspecify.annotations.Nullable;

/**
 * What this member owes a primary whose heartbeats it acknowledged.
 *
 * @param expiryMs the greatest (clock after receipt) + G × (1+ε) over all acknowledgements, so that a lower G never
 *     brings it forward (A2); no promise before it
 * @param term of the last heartbeat acknowledged in this agent's life, none before
 * @param heartbeatMs when that was received
 * @param primaryPosition the primary's last known position
 */
record MemberLease(
        long expiryMs,
        Term term,
        @Nullable MemberName holder,
        long heartbeatMs,
        @Nullable WalPosition primaryPosition) {

    /** An agent that has just started behaves as if it had acknowledged the greatest G now. */
    static MemberLease atStart(long nowMs, VoterFile voter, Tuning tuning) {
        long lapse = nowMs + tuning.stretched(voter.greatestLeaseMs());
        return new MemberLease(lapse, Term.NONE, null, -1, null);
    }

    MemberLease acknowledged(MemberName from, Message.Heartbeat heartbeat, long nowMs, Tuning tuning) {
        long lapse = nowMs + tuning.stretched(heartbeat.leaseMs());
        return new MemberLease(
                Math.max(expiryMs, lapse),
                heartbeat.term(),
                from,
                nowMs,
                heartbeat.position() != null ? heartbeat.position() : primaryPosition);
    }
}
