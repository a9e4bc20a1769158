package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.write;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The holder makes the record fit what has become of its term: another timeline, promises against it, too few
 * acknowledgements, an agent about to leave, a branch that has begun. Rules 223 to 229.
 */
final class AffirmingRules {

    /** An agent about to leave writes the record anew when it wrote it longer ago than this. */
    private static final long FRESH_MS = 1_000;

    static final List<Rule> RULES = List.of(
            write(
                    223,
                    "re-plan",
                    "The promotion would make another timeline than the record says: it is recorded anew.",
                    view -> view.leads()
                            && view.recovering()
                            && !view.writable()
                            && view.doingNothing()
                            && Fitness.mayBePromoted(view)
                            && !Promotion.makesTheBranch(view),
                    view -> Claim.nextTerm(view, TakeoverRule.TTL),
                    "re-plan"),
            write(
                    224,
                    "re-affirm",
                    "Members promised against this term: the holder takes a higher one.",
                    view -> view.leads() && refused(view).atLeast(view.term()),
                    view -> view.record().draft().term(refused(view).next()).takeover(TakeoverRule.TTL),
                    "re-affirm"),
            write(
                    225,
                    "go-ttl",
                    "Too few members acknowledge: from now on the store lease alone counts.",
                    view -> view.leads() && view.quorum() && PeerLease.ends(view),
                    view -> view.record().draft().takeover(TakeoverRule.TTL),
                    "go-ttl"),
            write(
                    226,
                    "retire-ttl",
                    "The agent is about to be replaced: it leaves the store lease behind, fresh.",
                    view -> view.leads()
                            && view.retiring()
                            && (view.quorum()
                                    || view.nowMs - view.state.writes().ownSentMs() > FRESH_MS),
                    view -> view.record().draft().takeover(TakeoverRule.TTL),
                    "retire"),
            new Rule(
                    227,
                    "retire",
                    "The agent is about to be replaced: it leaves.",
                    view -> view.retiring() && (!view.leads() || Permits.reachesLease(view)),
                    view -> new Decision.Exit("retired")),
            write(
                    228,
                    "record-branch",
                    "The promotion told where its branch begins: it is recorded.",
                    view -> view.leads() && Promotion.startToRecord(view),
                    AffirmingRules::withStart,
                    "branch"),
            write(
                    229,
                    "identify",
                    "The first server is up: the cluster has its system identifier and first branch; a standby is promoted then.",
                    view -> view.leads()
                            && !view.identified()
                            && view.doingNothing()
                            && !firstBranches(view).isEmpty(),
                    view -> view.record()
                            .draft()
                            .holder(Claim.holder(view))
                            .systemIdentifier(view.systemIdentifier().orElseThrow())
                            .history(firstBranches(view)),
                    "identify"));

    private AffirmingRules() {}

    /**
     * The branch that the first server writes, under the term its data was made in, after all that its data has been on before:
     * others may be on one of these yet. Of a standby also the one that it makes. Empty while it is not up.
     */
    private static List<Branch> firstBranches(View view) {
        ServerFacts server = view.state.server();
        DataFacts data = view.state.data();
        if (server == null || data == null || !data.branches().containsKey(server.timeline())) {
            return List.of();
        }
        List<Branch> ancestry = data.ancestry(server.timeline());
        if (view.primaryUp() && view.state.furnished()) {
            return ancestry;
        }
        return view.recovering() && server.flushed() != null && server.nextTimeline() != null
                ? Stream.concat(ancestry.stream(), Stream.of(new Branch(view.term(), server.nextTimeline(), null)))
                        .toList()
                : List.of();
    }

    /** Also a member that does not vote any more must be able to follow. */
    private static Term refused(View view) {
        Term greatest = Term.NONE;
        for (PeerState peer : view.state.peers().values()) {
            if (peer.connected() && peer.refused().compareTo(greatest) > 0) {
                greatest = peer.refused();
            }
        }
        return greatest;
    }

    private static ClusterRecord.Draft withStart(View view) {
        Map<Timeline, Lsn> starts = Objects.requireNonNull(view.state.server()).starts();
        // A branch that was noted for a promotion that never came about is none that the data has been on.
        List<Branch> history = view.record().history().stream()
                .filter(branch -> branch.start() != null || starts.containsKey(branch.timeline()))
                .map(branch -> branch.start() == null && starts.containsKey(branch.timeline())
                        ? new Branch(branch.term(), branch.timeline(), starts.get(branch.timeline()))
                        : branch)
                .toList();
        ClusterRecord.Draft draft = view.record().draft().history(history);
        return !view.quorum()
                        && view.record().voters().size() > 1
                        && PeerLease.lasts(view)
                        && !view.retiring()
                        && view.gateAnswers()
                ? draft.takeover(TakeoverRule.QUORUM)
                : draft;
    }
}
