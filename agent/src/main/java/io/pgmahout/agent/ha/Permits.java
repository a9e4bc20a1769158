package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Timeline;
import org.jspecify.annotations.Nullable;

/** How long this member's server may be writable (design, "Write permit" and "Store outage"). */
final class Permits {

    /** The grain of the clock that the gate reads. */
    private static final long GRAIN_MS = 10;

    /** A permit that is extended by less is not worth a line to the gate. */
    private static final long WORTH_MS = 40;

    private Permits() {}

    /**
     * The earliest deadline over all records that may be in the store now: the one that is known, and each of this
     * agent's own writes whose fate is open (A1). 0 when any of them gives the term away, or the next one may: with
     * the server ended there is nothing to be written here, and a hand-over need not wait for the gate then.
     */
    static long deadlineMs(View view) {
        return Handover.seeks(view) ? 0 : Math.max(0, leasesEndMs(view) / GRAIN_MS * GRAIN_MS);
    }

    /** Whether this member's leases last under every record that may be, or may have been, in the store. */
    static boolean leasesLast(View view) {
        return leasesEndMs(view) > view.nowMs;
    }

    private static long leasesEndMs(View view) {
        if (!view.leads()) {
            return 0;
        }
        return view.possibleRecords()
                .mapToLong(record -> underMs(view, record))
                .min()
                .orElse(0);
    }

    private static long underMs(View view, ClusterRecord record) {
        if (!keepsTerm(view, record)) {
            return 0;
        }
        long lease = Math.max(view.storeLeaseMs(), Failsafe.leaseMs(view, record));
        if (record.takeover() == TakeoverRule.QUORUM) {
            lease = Math.min(lease, view.peerLeaseMs(record));
        }
        return lease <= view.tuning().marginMs() ? 0 : lease - view.tuning().marginMs();
    }

    /** Whether {@code record} leaves the term with this member, in this life of its gate. */
    static boolean keepsTerm(View view, ClusterRecord record) {
        GateFacts gate = view.state.gate();
        return gate != null && record.holder().isHeldBy(view.self().name(), gate.incarnation());
    }

    /**
     * Tells the gate when the deadline moved; at once and with confirmation when it came nearer, and with confirmation too
     * by an agent that is about to leave it behind.
     */
    static void tell(Turn turn) {
        View view = turn.view();
        if (turn.gate == null || !view.hasRecord() || view.isHolder() && !view.leads()) {
            return;
        }
        long deadline = deadlineMs(view);
        PermitGiven given = turn.permit;
        boolean shorter = !given.touched() || deadline < given.deadlineMs();
        boolean lapsed = given.touched()
                && given.deadlineMs() <= turn.nowMs
                && deadline <= turn.nowMs
                && (deadline > 0 || given.deadlineMs() == 0);
        boolean worth = deadline - given.deadlineMs() >= WORTH_MS
                || deadline > given.deadlineMs() && given.deadlineMs() <= turn.nowMs;
        boolean left = view.retiring() && reachesLease(view, deadline);
        if (!lapsed && (shorter || worth || left && given.seq() != given.confirmSeq())) {
            give(turn, deadline, shorter || left);
        }
    }

    /** Gives a permit; its sequence is to be reached before a write that depends on a shorter one is sent. */
    private static void give(Turn turn, long deadlineMs, boolean confirm) {
        if (deadlineMs > turn.nowMs && turn.permit.deadlineMs() <= turn.nowMs) {
            // What waits for a permit does not wait for the next event.
            turn.wakeAt(turn.nowMs);
        }
        long seq = turn.nextId();
        Timeline timeline = deadlineMs > 0 ? timeline(turn.view()) : null;
        turn.permit = new PermitGiven(deadlineMs, timeline, seq, confirm ? seq : turn.permit.confirmSeq());
        turn.effect(new Effect.SetPermit(deadlineMs, timeline, seq, confirm));
    }

    private static @Nullable Timeline timeline(View view) {
        Branch branch = view.record().currentBranch();
        return branch == null ? null : branch.timeline();
    }

    /** Whether the gate certainly holds no longer permit than the last one given. */
    static boolean inForce(Turn turn) {
        return turn.gate != null && turn.permit.touched() && turn.gate.seq() >= turn.permit.confirmSeq();
    }

    /** Whether the gate certainly holds one that reaches to the end of the store lease. */
    static boolean reachesLease(View view) {
        PermitGiven given = view.state.permit();
        GateFacts gate = view.state.gate();
        return gate != null && given.touched() && gate.seq() >= given.seq() && reachesLease(view, given.deadlineMs());
    }

    private static boolean reachesLease(View view, long deadlineMs) {
        return deadlineMs > 0
                && deadlineMs >= view.storeLeaseMs() - view.tuning().marginMs() - 2 * GRAIN_MS;
    }
}
