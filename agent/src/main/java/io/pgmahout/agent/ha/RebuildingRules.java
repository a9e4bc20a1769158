package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.act;
import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.Holder;
import java.util.List;
import java.util.Objects;

/**
 * A member without the term whose data cannot follow the holder as it is: it is cloned or rewound, and nothing of
 * that from a holder it promised not to follow. Rules 141 to 153.
 */
final class RebuildingRules {

    static final List<Rule> RULES = List.of(
            act(
                    141,
                    "reinitialize-stops",
                    "A clone was asked for, or the primary no longer has the WAL this standby needs: the server is stopped.",
                    view -> mustClone(view)
                            && !view.serverGone()
                            && view.livingSource().isPresent(),
                    view -> new ServerAction.Stop(true, ServerAction.Stop.LIMIT_MS)),
            act(
                    142,
                    "clone",
                    "There is no data directory that could be used: the primary's is cloned.",
                    view -> (view.noData() || view.missing() || mustClone(view))
                            && view.serverGone()
                            && view.livingSource().isPresent(),
                    RebuildingRules::cloneOfSource),
            rest(
                    143,
                    "clone-waits",
                    "There is no data directory that could be started, and no primary to clone.",
                    view -> view.noData() || view.missing()),
            act(
                    144,
                    "start-promised",
                    "This member promised not to follow the holder; its server waits for the next one.",
                    view -> promised(view) && view.serverGone(),
                    view -> new ServerAction.StartStandby(null, List.of())),
            rest(
                    145,
                    "promised",
                    "This member promised not to follow the holder of this term again.",
                    RebuildingRules::promised),
            act(
                    146,
                    "conflict-stops",
                    "The data has a timeline of the cluster's history that was made in another term: it is cloned anew.",
                    view -> must(view, Lineage.CONFLICTING) && !view.serverGone(),
                    view -> new ServerAction.Stop(true, ServerAction.Stop.LIMIT_MS)),
            act(
                    147,
                    "conflict-clone",
                    "The data has a timeline of the cluster's history that was made in another term: it is cloned anew.",
                    view -> must(view, Lineage.CONFLICTING),
                    RebuildingRules::cloneOfSource),
            act(
                    148,
                    "diverged-stops",
                    "The data went past the fork: the server is stopped to be rewound.",
                    view -> must(view, Lineage.DIVERGED) && !view.serverGone(),
                    view -> new ServerAction.Stop(true, ServerAction.Stop.LIMIT_MS)),
            act(
                    149,
                    "rewind",
                    "The data went past the fork: it is rewound to the primary's history.",
                    view -> must(view, Lineage.DIVERGED)
                            && view.state.failures().rewinds() == 0,
                    view -> new ServerAction.Rewind(
                            view.livingSource().orElseThrow(),
                            view.nextDataId(),
                            view.record().history())),
            act(
                    150,
                    "rewind-failed-clone",
                    "The data went past the fork and cannot be rewound: the primary's is cloned.",
                    view -> must(view, Lineage.DIVERGED),
                    RebuildingRules::cloneOfSource),
            rest(
                    151,
                    "fork-unknown",
                    "Where the primary's branch begins, or where this server's WAL ends, is not known yet.",
                    view -> view.lineage() == Lineage.UNKNOWN && !view.serverGone()),
            rest(
                    152,
                    "diverged-waits",
                    "The data does not fit the cluster's history, and no primary is there to repair it from.",
                    view -> view.serverGone()
                            && (view.lineage() == Lineage.CONFLICTING && !(view.needsWord() && overridden(view))
                                    || view.lineage() == Lineage.DIVERGED && !overridden(view))
                            && view.record().holder() instanceof Holder.Held),
            act(
                    153,
                    "unstartable-clone",
                    "The standby does not start: the primary's data is cloned.",
                    view -> view.serverGone()
                            && view.state.failures().unstartable()
                            && !Ahead.forkUnknown(view)
                            && view.livingSource().isPresent(),
                    RebuildingRules::cloneOfSource));

    private RebuildingRules() {}

    /** Nobody may be left whom it could be repaired from: then it is what the operator wants to go on with. */
    private static boolean overridden(View view) {
        return view.failover().filter(Command.Failover::allowDataLoss).isPresent();
    }

    private static ServerAction cloneOfSource(View view) {
        return new ServerAction.Clone(
                view.livingSource().orElseThrow(),
                view.nextDataId(),
                view.record().history(),
                Objects.requireNonNull(view.state.data()));
    }

    private static boolean mustClone(View view) {
        return view.asked(Command.Reinitialize.class).isPresent()
                || view.state.failures().walGone();
    }

    private static boolean promised(View view) {
        return view.state.voter().promised().atLeast(view.term());
    }

    private static boolean must(View view, Lineage lineage) {
        return view.lineage() == lineage && view.livingSource().isPresent();
    }
}
