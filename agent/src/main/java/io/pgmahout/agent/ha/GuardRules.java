package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.act;
import static io.pgmahout.agent.ha.Rule.rest;

import java.util.List;

/**
 * What goes before everything that a role asks of the server: a gate that speaks, one action at a time, data that may
 * be used, a record that this agent may act on. Rules 100 to 113.
 */
final class GuardRules {

    static final List<Rule> RULES = List.of(
            rest(100, "gate-silent", "The gate has not told its state yet.", view -> view.state.gate() == null),
            act(
                    101,
                    "fence",
                    "The server is writable although the record gives the term to another: it is killed.",
                    view -> view.hasRecord()
                            && !view.isHolder()
                            && (view.writable() || view.primaryUp())
                            && !killing(view),
                    view -> new ServerAction.Kill()),
            rest(102, "busy", "An action on the server is under way.", view -> !view.doingNothing()),
            rest(
                    103,
                    "pause-after-failure",
                    "The last action failed; it is tried again in a second.",
                    view -> view.before(view.state.failures().retryMs())),
            act(
                    104,
                    "inspect",
                    "The data directory has not been looked at yet, or was refused or missing a second ago.",
                    view -> view.state.data() == null || refusedLongAgo(view),
                    view -> new ServerAction.Inspect()),
            act(
                    105,
                    "gate-terminates",
                    "The gate was asked to end: the server is stopped, so that the term can be handed over.",
                    view -> view.terminating() && !view.serverGone(),
                    view -> new ServerAction.Stop(true, ServerAction.Stop.LIMIT_MS)),
            act(
                    106,
                    "find-end",
                    "The holder's server ended, or is given up, or the record was lost: where the WAL ends decides who can go on.",
                    view -> Handover.endUnknown(view) || Reforming.endUnknown(view),
                    view -> new ServerAction.FindEnd()),
            rest(107, "terminating", "The gate is ending: nothing is started.", View::terminating),
            rest(
                    108,
                    "data-refused",
                    "The data directory is not one that may be used; see its problem.",
                    view -> view.content(DataFacts.Content.FOREIGN)),
            act(
                    109,
                    "foreign-system-stops",
                    "The server belongs to another cluster, by its system identifier: it is stopped.",
                    view -> view.foreignSystem() && !view.serverGone() && !cloneAsked(view),
                    view -> new ServerAction.Stop(true, ServerAction.Stop.LIMIT_MS)),
            rest(
                    110,
                    "foreign-system",
                    "The data directory belongs to another cluster, by its system identifier.",
                    view -> view.foreignSystem() && !cloneAsked(view)),
            rest(
                    111,
                    "data-missing",
                    "The data directory is empty, or its WAL is not there, although this member's data lay there: a volume"
                            + " may come yet, so nothing is cloned before failover.cold-start-wait is over.",
                    GuardRules::volumeMayCome),
            rest(112, "no-record", "There is no cluster record yet.", view -> !view.hasRecord()),
            rest(
                    113,
                    "resuming",
                    "The record names this member, whose agent has not written it yet: nothing writable starts before.",
                    view -> view.isHolder() && !view.leads()));

    /** Data that is refused may be put right by hand, a volume may be mounted late. */
    static final long LOOK_AGAIN_MS = 1_000;

    private GuardRules() {}

    private static boolean refusedLongAgo(View view) {
        DataFacts data = view.state.data();
        return data != null && data.mayChange() && !view.before(view.state.lookedMs() + LOOK_AGAIN_MS);
    }

    /** A holder cannot start from nothing, nor be cloned. */
    private static boolean volumeMayCome(View view) {
        return view.missing()
                && view.serverGone()
                && (view.leads()
                        || view.asked(Command.Reinitialize.class).isEmpty()
                                && view.before(
                                        view.state.refusedMs() + view.tuning().coldStartWaitMs()));
    }

    private static boolean killing(View view) {
        return view.state.doing() != null && view.state.doing().action() instanceof ServerAction.Kill;
    }

    private static boolean cloneAsked(View view) {
        return view.asked(Command.Reinitialize.class).isPresent() || view.deadBootstrap();
    }
}
