package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.waits;
import static io.pgmahout.agent.ha.Rule.write;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Voter;
import java.util.List;

/** There is no cluster yet: who forms it, and what the first record says. Rules 208 to 216. */
final class FormingRules {

    /** A candidate waits this long before it forms a cluster without having heard of the others. */
    private static final long BOOTSTRAP_WAIT_MS = 5_000;

    /** The first by name waits this long for the others to be heard of. */
    private static final long FIRST_WAIT_MS = 1_000;

    static final List<Rule> RULES = List.of(
            waits(
                    208,
                    "term-may-be-held",
                    "There is no record, but another member, or this one's memory, tells of one that was: whoever held its term"
                            + " may write yet, and may make it anew.",
                    view -> absent(view) && (othersKnow(view) || owes(view) || remembers(view) && mayBeHeld(view))),
            write(
                    209,
                    "forming-fails",
                    "Here initdb fails again and again, the server does not start, or the data directory that was to be the"
                            + " first has been missing for failover.cold-start-wait, or is empty where nothing else may be"
                            + " the first: the term is released, so that another member forms the cluster.",
                    view -> view.leads()
                            && !view.identified()
                            && view.serverGone()
                            && view.doingNothing()
                            && (missingForLong(view)
                                    || view.noData()
                                            && (!Reforming.mayForm(view)
                                                    || view.state.failures().formingFails())
                                    || unstartable(view)),
                    view -> view.record().draft().holder(new Holder.Released(null)),
                    "release"),
            waits(
                    210,
                    "may-not-form",
                    "There is no record, and this member may not form a cluster, or only from data, of which it has none.",
                    view -> absent(view) && !Reforming.mayForm(view)),
            waits(
                    211,
                    "look-first",
                    "There is no record; the data directory is looked at first.",
                    view -> absent(view) && view.state.data() == null),
            write(
                    212,
                    "form-from-data",
                    "There is no record, and this member has a primary's data, or of those that are here the newest of a cluster"
                            + " whose record was lost: it forms the cluster from it.",
                    view -> absent(view)
                            && Reforming.usable(view)
                            && !Reforming.leftToAnother(view, view.state.book().absentMs()),
                    FormingRules::firstRecord,
                    "form"),
            waits(
                    213,
                    "not-from-this-data",
                    "There is no record, and the cluster is not formed from this data directory: it may not be used, is"
                            + " missing, another member's is newer, or it is a standby's from elsewhere.",
                    view -> absent(view) && !view.noData()),
            waits(
                    214,
                    "others-have-data",
                    "There is no record, but another member has data: it forms the cluster. One whose data is missing may have"
                            + " it yet; for that failover.cold-start-wait is waited.",
                    view -> absent(view) && (othersHaveData(view) || othersDataMayCome(view, view.state.startedMs()))),
            waits(
                    215,
                    "gather",
                    "There is no record; the others are waited for, lest one of them has data.",
                    view -> absent(view) && gathers(view)),
            write(
                    216,
                    "form",
                    "There is no record, and nobody has data: this member forms the cluster.",
                    FormingRules::absent,
                    FormingRules::firstRecord,
                    "form"));

    private FormingRules() {}

    private static boolean absent(View view) {
        return !view.hasRecord() && view.state.book().absent();
    }

    /** An agent that has known a record for longer than there is none. */
    private static boolean othersKnow(View view) {
        return view.state.peers().values().stream()
                .anyMatch(peer -> peer.connected()
                        && peer.currentReport() != null
                        && peer.currentReport().termSeen().compareTo(Term.NONE) > 0);
    }

    /** Whether a holder may live on what this member acknowledged. */
    private static boolean owes(View view) {
        return !view.state.lease().term().equals(Term.NONE) && view.leaseRuns();
    }

    private static boolean remembers(View view) {
        DataFacts data = view.state.data();
        return data != null && !data.branches().isEmpty()
                || view.content(DataFacts.Content.TORN)
                || view.state.voter().promised().compareTo(Term.NONE) > 0;
    }

    /** Nobody's permit reaches further than a store lease past the last record; a cold start waits for the others anyway. */
    private static boolean mayBeHeld(View view) {
        return !view.state.book().knownUntil(view.nowMs)
                || view.before(view.state.book().absentMs() + Reforming.waitMs(view));
    }

    /** Another member has data of the cluster. Where nobody has, it is tried on. */
    private static boolean unstartable(View view) {
        return view.content(DataFacts.Content.COMPLETE)
                && view.state.failures().unstartable()
                && Reforming.othersReach(view);
    }

    private static boolean othersHaveData(View view) {
        return view.state.peers().values().stream()
                .anyMatch(peer -> peer.report() != null && peer.report().systemIdentifier() != null);
    }

    /**
     * Whether another member's volume may still be mounted, as after a power cut that the record did not survive; nobody
     * waits for ever.
     */
    static boolean othersDataMayCome(View view, long sinceMs) {
        return view.state.peers().values().stream()
                        .anyMatch(peer ->
                                peer.report() != null && peer.report().server() == MemberReport.ServerState.MISSING)
                && view.before(sinceMs + view.tuning().coldStartWaitMs());
    }

    /** What was adopted is not to be given up for a volume that is away for a moment. */
    private static boolean missingForLong(View view) {
        return view.missing()
                && !view.before(view.state.refusedMs() + view.tuning().coldStartWaitMs());
    }

    /** The first by name begins as soon as everybody who was heard of has no data; nobody waits for ever. */
    private static boolean gathers(View view) {
        if (!view.before(view.state.startedMs() + BOOTSTRAP_WAIT_MS)) {
            return false;
        }
        boolean first = view.state.peers().keySet().stream()
                .allMatch(name -> view.self().name().compareTo(name) < 0);
        return !first || view.before(view.state.startedMs() + FIRST_WAIT_MS);
    }

    private static ClusterRecord.Draft firstRecord(View view) {
        return new ClusterRecord(
                        view.self().cluster(),
                        null,
                        FormedAgain.firstTerm(view),
                        Claim.holder(view),
                        0,
                        view.tuning().leaseDurationMs(),
                        TakeoverRule.TTL,
                        List.of(new Voter(
                                view.state.voter().voter(), view.self().name())),
                        List.of(),
                        false,
                        null,
                        view.nextWriteId())
                .draft();
    }
}
