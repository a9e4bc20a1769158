package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.act;
import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.DataId;
import java.util.List;
import java.util.Objects;

/** The server of the member that holds the term. Rules 118 to 130. */
final class PrimaryRules {

    static final List<Rule> RULES = List.of(
            act(
                    118,
                    "secure-wal",
                    "The server ended, and no other member has all of its WAL: the last of it is made durable, to be given"
                            + " to the standby that lacks least.",
                    Salvage::begins,
                    Salvage::secure),
            rest(
                    119,
                    "give-wal",
                    "The server ended, and a standby is given the last of its WAL, so that it can go on.",
                    view -> view.leads() && Salvage.underWay(view)),
            act(
                    120,
                    "initialize",
                    "This member forms the cluster: initdb.",
                    view -> view.leads() && !view.identified() && view.noData() && view.mayForm(),
                    view -> new ServerAction.Initialize(view.nextDataId(), view.term())),
            act(
                    121,
                    "adopt",
                    "This member forms the cluster from the data directory it was given, or that was promoted by hand.",
                    view -> view.leads()
                            && !view.identified()
                            && view.state.data() != null
                            && (view.state.data().branches().isEmpty()
                                    || view.state.data().promotedByHand()),
                    view -> new ServerAction.Adopt(adopted(view), view.term())),
            act(
                    122,
                    "furnish",
                    "The first server of the cluster gets its roles and its database.",
                    view -> view.leads() && !view.identified() && view.primaryUp() && !view.state.furnished(),
                    view -> new ServerAction.Furnish()),
            act(
                    123,
                    "promote",
                    "This member took the term: its standby becomes the primary.",
                    view -> view.leads() && view.recovering() && Promotion.makesTheBranch(view),
                    view -> new ServerAction.Promote(
                            Objects.requireNonNull(view.branchToMake()).timeline(),
                            Objects.requireNonNull(view.branchToMake()).term())),
            act(
                    124,
                    "switchover-stops",
                    "A switchover was asked for, its target is fit and the store answers: the server is stopped.",
                    view -> view.leads()
                            && view.primaryUp()
                            && Handover.switchoverReady(view)
                            && view.state.book().lostMs() < 0,
                    view -> new ServerAction.Stop(true, Handover.stopLimitMs(view))),
            rest(
                    125,
                    "handing-over",
                    "The server ended; the others are asked who has all of its WAL.",
                    view -> view.leads() && (Handover.waits(view) || Handover.givesAway(view))),
            rest(
                    126,
                    "paused",
                    "The cluster is paused: the server is left as it is.",
                    view -> view.paused() && view.leads() && view.serverGone()),
            act(
                    127,
                    "start-to-promote",
                    "This member took the term but its server is stopped as a standby, or its promotion was cut off, or"
                            + " the cluster is formed again: it is started as a standby and then promoted.",
                    view -> view.leads()
                            && view.serverGone()
                            && view.state.data() != null
                            && (view.state.data().standbyFiles()
                                    || Promotion.cutOff(view)
                                    || FormedAgain.leavesBranch(view)),
                    view -> new ServerAction.StartStandby(null, List.of())),
            act(
                    128,
                    "start-primary",
                    "This member holds the term and its server is down: it is started in place.",
                    view -> view.leads() && view.serverGone() && permitted(view) && !Promotion.madeAnotherBranch(view),
                    view -> new ServerAction.StartPrimary(
                            view.branchToMake() == null
                                    ? null
                                    : view.branchToMake().timeline())),
            act(
                    129,
                    "restart-primary",
                    "A restart was asked for.",
                    view -> view.leads() && view.primaryUp() && view.restartAsked(),
                    view -> new ServerAction.Restart()),
            rest(130, "lead", "This member holds the term and its server is primary.", View::leads));

    private PrimaryRules() {}

    /** What was managed before keeps its id: cut off in between, it would be taken for what was there before. */
    private static DataId adopted(View view) {
        DataFacts data = Objects.requireNonNull(view.state.data());
        return data.promotedByHand() && data.data() != null ? data.data() : view.nextDataId();
    }

    private static boolean permitted(View view) {
        return view.state.permit().touched() && view.state.permit().deadlineMs() > view.nowMs;
    }
}
