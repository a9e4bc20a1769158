package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.Holder;
import java.util.List;

/** What this member must promise, or ask others to promise: rules 300 to 399. */
final class PromiseRules {

    /** A successor that was named, or a release, gets this long before promises are looked for. */
    private static final long SUCCESSOR_MS = 3_000;

    static final List<Rule> TABLE = List.of(
            rest(
                    300,
                    "no-cluster",
                    "There is no cluster yet whose holder could be replaced.",
                    view -> !view.identified()),
            rest(301, "holder", "This member holds the term, or has just taken it.", View::isHolder),
            rest(
                    302,
                    "withdrawing",
                    "This member stops receiving WAL, so that it can promise.",
                    view -> view.state.promises().withdrawId() != 0),
            rest(
                    303,
                    "acknowledged",
                    "This member acknowledged the holder: it promises nobody before that lapses.",
                    View::leaseRuns),
            rest(
                    304,
                    "second-look",
                    "The holder is silent, but its machine answers on the postgres port: a little longer.",
                    view -> !promised(view) && view.secondLookHolds()),
            new Rule(
                    305,
                    "promise",
                    "A candidate that has read the record asked, and this member's lease has lapsed.",
                    view -> asked(view) && !promised(view),
                    view -> new Decision.Withdraw()),
            rest(
                    306,
                    "paused",
                    "The cluster is paused: nobody is replaced.",
                    view -> view.paused() && view.failover().isEmpty()),
            rest(
                    307,
                    "no-candidate",
                    "This member may not lead, or does not vote: it asks for no promises.",
                    view -> !view.isListed() && !Takeover.overrides(view)
                            || Fitness.obstacle(view) != null && !Takeover.obstacleOverridden(view)),
            rest(
                    308,
                    "successor-first",
                    "The former primary named its successor or released the term.",
                    view -> !(view.record().holder() instanceof Holder.Held)
                            && view.before(view.state.book().changedMs() + SUCCESSOR_MS)),
            rest(
                    309,
                    "own-former-life",
                    "The holder is this member's own former life.",
                    view -> view.self().name().equals(view.record().holder().memberOrNull())
                            && !view.isNamed()
                            && (promised(view) || !timeIsOver(view))),
            rest(
                    310,
                    "busy",
                    "The record is being read or written.",
                    view -> view.state.book().readId() != 0
                            || !view.state.writes().idle()),
            new Rule(
                    311,
                    "read-first",
                    "The holder's silence has lapsed: the record is read before anybody is asked.",
                    view -> view.state.book().confirmedMs() < lapseMs(view)
                            && !view.before(view.state.book().retryMs()),
                    view -> new Decision.ReadRecord()),
            rest(
                    312,
                    "store-away",
                    "The store does not answer: nobody is replaced without it.",
                    view -> view.state.book().confirmedMs() < lapseMs(view)),
            rest(
                    313,
                    "by-time",
                    "The record says TTL: only the end of the store lease replaces the holder.",
                    view -> !view.quorum() && (promised(view) || !timeIsOver(view))),
            new Rule(
                    314,
                    "promise-first",
                    "This member's promise alone is enough, the others have begun to promise, or the holder's time is over.",
                    view -> !promised(view)
                            && (view.record().promisesNeeded() == 1 || Takeover.promises(view) > 0 || timeIsOver(view)),
                    view -> new Decision.Withdraw()),
            new Rule(
                    315,
                    "ask",
                    "The holder is silent, the record read: the others are asked to promise.",
                    view -> !view.before(
                            view.state.promises().askingMs() < 0
                                    ? 0
                                    : view.state.promises().askingMs() + Promises.ASK_EVERY_MS),
                    view -> new Decision.AskPromises()),
            rest(316, "wait-for-promises", "The others were asked to promise.", view -> true));

    private PromiseRules() {}

    private static boolean promised(View view) {
        return view.state.promises().own() != null
                && view.state.promises().own().term().atLeast(view.term());
    }

    private static boolean timeIsOver(View view) {
        return Takeover.timedOut(view) && Takeover.timeOutTurn(view);
    }

    private static boolean asked(View view) {
        Promises promises = view.state.promises();
        return promises.askedTerm().equals(view.term()) && view.nowMs - promises.askedMs() <= Promises.REMEMBER_MS;
    }

    /** Since when the holder's silence, or its time, counts: a record read before that says nothing of what it did meanwhile. */
    private static long lapseMs(View view) {
        long lapse = view.state.lease().expiryMs();
        return Takeover.timedOut(view) ? Math.max(lapse, view.timeOutMs()) : lapse;
    }
}
