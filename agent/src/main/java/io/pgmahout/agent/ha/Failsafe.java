package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Voter;
import java.util.List;
import java.util.stream.Stream;

/**
 * What lets the holder go on when it cannot write the record (design, "Store outage"): whoever acknowledged a heartbeat
 * takes no term, by whatever rule, before that has lapsed. While all who may take one have acknowledged, nobody does.
 */
final class Failsafe {

    /** So long the others are asked once neither lease lasts: a few heartbeats. */
    private static final long ASKING_MS = 1_000;

    private Failsafe() {}

    /**
     * How a holder stands whose store does not take its writes.
     *
     * @param carries whether the store lease is over and the others' acknowledgements alone let it go on
     * @param missing the voters that do not acknowledge, in whose absence it stops with its leases
     */
    record Standing(boolean carries, List<MemberName> missing) {
        static final Standing NOT_NEEDED = new Standing(false, List.of());
    }

    static Standing standing(View view) {
        if (!isNeeded(view)) {
            return Standing.NOT_NEEDED;
        }
        List<MemberName> missing = mayLead(view)
                .filter(voter -> !isReady(view, voter) || lapsed(view, voter))
                .map(Voter::member)
                .toList();
        return new Standing(view.nowMs >= view.storeLeaseMs() && lasts(view), missing);
    }

    /** Until when every other voter of {@code record} has acknowledged; never where there is none, or it is off. */
    static long leaseMs(View view, ClusterRecord record) {
        if (view.tuning().failsafeLeaseMs() == 0 || record.systemIdentifier() == null) {
            return View.NEVER;
        }
        return others(view, record).mapToLong(view::ackUntilMs).min().orElse(View.NEVER);
    }

    /** Whether all who may take a term, under every record that may be in the store, have acknowledged. */
    private static boolean lasts(View view) {
        return view.possibleRecords().allMatch(record -> leaseMs(view, record) > view.nowMs);
    }

    /**
     * Whether this holder would write the record and cannot: half of its store lease is over and the store fails. One
     * whose server will not write any more is to be replaced, by whoever reaches the store.
     */
    private static boolean isNeeded(View view) {
        return view.leads()
                && view.tuning().failsafeLeaseMs() > 0
                && view.identified()
                && view.state.book().lostMs() >= 0
                && !view.before(view.storeLeaseMs() - view.record().leaseDurationMs() / 2)
                && mayServe(view);
    }

    /** Not once its data is another cluster's, it may have given the term away, or nothing starts its server any more. */
    private static boolean mayServe(View view) {
        boolean ended = view.serverGone() && (view.paused() || view.terminating() || Handover.givenUp(view));
        return !ended
                && !view.foreignSystem()
                && view.possibleRecords().allMatch(record -> Permits.keepsTerm(view, record));
    }

    /** Whether heartbeats go on past the end of the store lease: their acknowledgements keep the others from taking over. */
    static boolean goesOn(View view) {
        return isNeeded(view) && lasts(view);
    }

    /**
     * Whether this holder asks the others for the longer lease: it needs it, and every one of them seems ready to give it.
     * Once neither lease lasts, only for a moment at a time: a holder that asked on would keep those that answer from
     * replacing it.
     */
    static boolean asks(View view) {
        return isNeeded(view)
                && mayLead(view).allMatch(voter -> isReady(view, voter))
                && (view.nowMs < view.storeLeaseMs() || lasts(view) || asksAgain(view));
    }

    private static boolean isReady(View view, Voter voter) {
        return view.peer(voter)
                .filter(peer -> peer.connected()
                        && !peer.refused().atLeast(view.term())
                        && view.before(peer.heardMs() + view.tuning().failsafeLeaseMs()))
                .isPresent();
    }

    /** While the store lease lasts a heartbeat or two may be late. */
    private static boolean lapsed(View view, Voter voter) {
        long patienceMs = view.nowMs < view.storeLeaseMs() ? view.tuning().failsafeLeaseMs() : 0;
        return !view.before(view.ackUntilMs(voter) + patienceMs);
    }

    /** After a silence that is long enough for whoever reaches the store to owe nothing, and to lead. */
    private static boolean asksAgain(View view) {
        Pulse pulse = view.state.pulse();
        return pulse.silentNow()
                ? !view.before(pulse.sentMs() + 2 * view.tuning().failsafeLeaseMs())
                : view.before(pulse.resumedMs() + ASKING_MS);
    }

    /** The others that may take the term, under one or another of the records that may be in the store. */
    private static Stream<Voter> mayLead(View view) {
        return view.possibleRecords().flatMap(record -> others(view, record)).distinct();
    }

    private static Stream<Voter> others(View view, ClusterRecord record) {
        return record.voters().stream()
                .filter(voter -> !voter.id().equals(view.state.voter().voter()));
    }
}
