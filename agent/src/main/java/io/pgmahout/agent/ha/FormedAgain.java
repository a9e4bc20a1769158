package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Term;
import java.util.Objects;

/** In which term a cluster that was formed again goes on. */
final class FormedAgain {

    /**
     * At least so much higher the terms of a cluster begin that is formed again: above all that others may have made meanwhile,
     * of whose data nothing is seen. Branches of one term and timeline would be taken for each other. A Lease counts its terms in
     * 31 bits.
     */
    static final long TERMS = 1_000_000;

    /** Of the hash FNV-1a, 64 bits. */
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;

    private static final long FNV_PRIME = 0x100000001b3L;

    private FormedAgain() {}

    /**
     * Whether the record is that of a cluster whose data lies somewhere: who has none makes no other one of it. A high term alone
     * does not say so: terms go on from what members promised, though all data is gone.
     */
    static boolean isFormedAgain(View view) {
        boolean fromNothing = view.record().holder() instanceof Holder.Held held && held.data() == null;
        return view.term().value() >= TERMS && !fromNothing;
    }

    /** Above every branch of the data and everything this member promised or acknowledged: terms never repeat, whatever became of a record. */
    static Term firstTerm(View view) {
        Term greatest = greater(view.state.lease().term(), view.state.voter().promised());
        DataFacts data = view.state.data();
        if (data != null) {
            for (Term term : data.branches().values()) {
                greatest = greater(term, greatest);
            }
        }
        return Reforming.ofCluster(view)
                ? new Term(greater(greatest, told(view)).value() + TERMS + spread(view))
                : greatest.next();
    }

    /**
     * The term in which the forming goes on that another attempt began: above it, and as far above the data as the first would
     * be. What an attempt of this member's own with a new directory left behind is nobody else's, and goes on where it is.
     */
    static Term nextTerm(View view) {
        Term next = view.term().next();
        DataFacts data = view.state.data();
        if (data == null || !Reforming.ofCluster(view)) {
            return next;
        }
        Term own = data.branches().values().stream().reduce(Term.NONE, FormedAgain::greater);
        boolean leftBehind = data.branches().size() == 1 && own.compareTo(next) < 0 && !view.knewItsCluster();
        return leftBehind || isGap(own, next) ? next : firstTerm(view);
    }

    /** The greatest term that the others have told of. */
    private static Term told(View view) {
        Term greatest = Term.NONE;
        for (PeerState peer : view.state.peers().values()) {
            MemberReport report = peer.report();
            if (report != null) {
                greatest = greater(greater(report.termSeen(), report.promised()), greatest);
                greatest = report.reach() == null
                        ? greatest
                        : greater(report.reach().position().term(), greatest);
            }
        }
        return greatest;
    }

    private static Term greater(Term one, Term other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /**
     * Another number for each life of an agent, below {@link #TERMS}: a cluster that is formed once more from the same old data
     * makes no branch that is taken for the one before.
     */
    private static long spread(View view) {
        String life = view.self().agent() + "/"
                + Objects.requireNonNull(view.state.gate()).incarnation().value();
        long hash = FNV_OFFSET;
        for (int i = 0; i < life.length(); i++) {
            hash = (hash ^ life.charAt(i)) * FNV_PRIME;
        }
        return Long.remainderUnsigned(hash, TERMS);
    }

    /**
     * Whether this primary's data goes on as a new branch: another member may hold more of the old one, as where their volumes
     * were restored from different moments, and could not be told from one that follows.
     */
    static boolean leavesBranch(View view) {
        DataFacts data = view.state.data();
        Term own =
                data == null || data.timeline() == null ? null : data.branches().get(data.timeline());
        return !view.identified() && own != null && isGap(own, view.term());
    }

    /** Whether a cluster was formed again between the two. */
    static boolean isGap(Term from, Term to) {
        return to.value() - from.value() >= TERMS;
    }
}
