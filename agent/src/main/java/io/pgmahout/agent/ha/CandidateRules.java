package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;
import static io.pgmahout.agent.ha.Rule.waits;
import static io.pgmahout.agent.ha.Rule.write;

import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Voter;
import java.util.List;

/** Another member, or nobody, holds the term: whether this one takes it. Rules 240 to 249. */
final class CandidateRules {

    static final List<Rule> RULES = List.of(
            write(
                    240,
                    "own-again",
                    "The holder is this member's own former life, its data is the same, and nothing of its"
                            + " server is left (rule L).",
                    Takeover::ownFormerLife,
                    view -> view.record()
                            .draft()
                            .term(view.term().next())
                            .holder(Claim.holder(view))
                            .takeover(TakeoverRule.TTL),
                    "take over: own former life"),
            write(
                    241,
                    "bootstrap-again",
                    "The bootstrap died, or was given up, before there was a cluster: it is tried again.",
                    view -> view.hasRecord()
                            && !view.identified()
                            && Reforming.mayForm(view)
                            && (view.noData() && !FormedAgain.isFormedAgain(view) || Reforming.usable(view))
                            && (ownMember(view) || givenUp(view) || timedOut(view))
                            && !Reforming.leftToAnother(view, view.state.book().changedMs()),
                    view -> view.record()
                            .draft()
                            .term(FormedAgain.nextTerm(view))
                            .holder(Claim.holder(view))
                            .takeover(TakeoverRule.TTL)
                            .voters(List.of(new Voter(
                                    view.state.voter().voter(), view.self().name()))),
                    "take over: dead bootstrap"),
            waits(
                    242,
                    "paused",
                    "The cluster is paused: nobody takes over by itself.",
                    view -> view.paused() && view.failover().isEmpty()),
            waits(
                    243,
                    "not-fit",
                    "This member may not lead; see its obstacle.",
                    view -> view.hasRecord() && unfit(view)),
            write(
                    244,
                    "take-named",
                    "The former primary named this member as its successor (rule R).",
                    View::isNamed,
                    view -> Claim.nextTerm(view, TakeoverRule.TTL),
                    "take over: named"),
            write(
                    245,
                    "take-released",
                    "The former primary released the term (rule R).",
                    view -> view.hasRecord()
                            && view.record().holder() instanceof Holder.Released released
                            && Takeover.releasedTurn(view, released),
                    view -> Claim.nextTerm(view, TakeoverRule.TTL),
                    "take over: released"),
            write(
                    246,
                    "take-quorum",
                    "Enough members promised against the holder (rule Q).",
                    view -> view.hasRecord() && Takeover.quorum(view) && Takeover.quorumTurn(view),
                    view -> Claim.nextTerm(view, Takeover.ruleAfterQuorum(view)),
                    "take over: quorum"),
            write(
                    247,
                    "take-timed-out",
                    "The holder's store lease has run out before this member's eyes, and it owes the holder nothing (rule T).",
                    view -> view.hasRecord() && Takeover.takesByTime(view),
                    view -> Claim.nextTerm(view, TakeoverRule.TTL),
                    "take over: timed out"),
            new Rule(
                    248,
                    "poll",
                    "The record is read again, behind the watch.",
                    view -> !view.pollsLater(),
                    view -> new Decision.ReadRecord()),
            rest(249, "watch", "Another member holds the term, or somebody else goes first.", view -> true));

    private CandidateRules() {}

    /** Who could not form the cluster leaves it to the others for a time. */
    private static boolean givenUp(View view) {
        return view.record().holder() instanceof Holder.Released
                && !view.state.failures().formingFails()
                && !view.state.failures().unstartable();
    }

    /** What the one that began was to adopt may be missing there: who has nothing waits for that as at a first start. */
    private static boolean timedOut(View view) {
        return !view.before(view.timeOutMs())
                && !(view.noData()
                        && FormingRules.othersDataMayCome(
                                view, view.state.book().changedMs()));
    }

    private static boolean ownMember(View view) {
        return view.record().holder() instanceof Holder.Held held
                && held.member().equals(view.self().name());
    }

    private static boolean unfit(View view) {
        return Fitness.obstacle(view) != null && !Takeover.obstacleOverridden(view)
                || !view.isListed() && !Takeover.overrides(view);
    }
}
