package io.pgmahout.agent.ha;

import io.pgmahout.agent.ha.Fitness.Contender;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.Optional;

/** Whether and when a candidate may take the term (design, "Taking over"). */
final class Takeover {

    /** Nobody was to lead for a while: who has more of the WAL that was released gets so long to lead again. */
    private static final long MORE_WAL_MS = 3_000;

    private Takeover() {}

    /** An operator told this member to lead whatever may be lost: lag, a branch and the others' turns do not count. */
    static boolean overrides(View view) {
        return view.failover()
                .filter(failover -> failover.allowDataLoss() && (failover.holderIsOff() || anyPromise(view)))
                .isPresent();
    }

    /** The operator's word lifts what speaks of lost data, never what makes leading impossible. */
    static boolean obstacleOverridden(View view) {
        return view.failover().filter(Command.Failover::allowDataLoss).isPresent()
                && Fitness.mayBePromoted(view)
                && !view.self().nofailover();
    }

    private static boolean anyPromise(View view) {
        return promises(view) > 0;
    }

    /** Promises against the record's term from listed voters other than the holder. */
    static int promises(View view) {
        Promises promises = view.state.promises();
        if (!promises.term().equals(view.term())) {
            return 0;
        }
        int count = 0;
        for (Voter voter : view.record().voters()) {
            boolean holder = voter.member().equals(view.record().holder().memberOrNull());
            if (!holder && promises.given().containsKey(voter.id())) {
                count++;
            }
        }
        return count;
    }

    /** Rule Q: the record says QUORUM, and enough voters, this one included, promised against its term. */
    static boolean quorum(View view) {
        return view.quorum()
                && ownPromise(view)
                && promises(view) >= view.record().promisesNeeded()
                && !(view.record().holder() instanceof Holder.Released);
    }

    static boolean quorumTurn(View view) {
        long since = view.state.promises().quorumMs();
        return since >= 0 && turn(view, begin(view, since, promisersSawHolder(view)));
    }

    /** No change of term, holder and renewal was seen for the lease, stretched by the clocks' drift. */
    static boolean timedOut(View view) {
        return !view.before(view.timeOutMs());
    }

    /**
     * Rule T: the time is over, and this member promised against the term, as it does not while it owes the holder
     * anything: a holder without the store may live on what its voters acknowledge.
     */
    static boolean takesByTime(View view) {
        return timedOut(view) && timeOutTurn(view) && ownPromise(view);
    }

    private static boolean ownPromise(View view) {
        Promises promises = view.state.promises();
        return promises.term().equals(view.term())
                && promises.given().containsKey(view.state.voter().voter());
    }

    static boolean timeOutTurn(View view) {
        return turn(view, begin(view, view.timeOutMs(), view.sawHolder()));
    }

    /** The record names this member's former life, and what it held lies here untouched (rule L). */
    static boolean ownFormerLife(View view) {
        DataFacts data = view.state.data();
        return view.hasRecord()
                && view.identified()
                && view.record().holder() instanceof Holder.Held held
                && held.member().equals(view.self().name())
                && !view.isHolder()
                && view.serverGone()
                && data != null
                && data.content() == DataFacts.Content.COMPLETE
                && !data.standbyFiles()
                && data.data() != null
                && data.data().equals(held.data());
    }

    /** Who has all of the released WAL goes first; the others wait for it to come, and then for it to lead. */
    static boolean releasedTurn(View view, Holder.Released released) {
        long since = view.state.book().changedMs();
        if (hasAll(view, released) || view.failover().isPresent()) {
            return turn(view, since);
        }
        if (!Fitness.allSeen(view) && view.before(since + view.tuning().coldStartWaitMs())) {
            return false;
        }
        long more = Fitness.me(view).stream()
                .flatMap(me -> Fitness.ahead(view, me).stream()
                        .filter(other -> other.position().compareTo(me.position()) > 0))
                .mapToLong(Contender::shownMs)
                .max()
                .orElse(View.NEVER);
        return !view.before(more + MORE_WAL_MS) && turn(view, since);
    }

    /** The order counts anew from when a better one shows up: who only sees it now has not yielded to it yet. */
    private static boolean turn(View view, long sinceMs) {
        if (view.failover().isPresent()) {
            return true;
        }
        Optional<Contender> me = Fitness.me(view);
        if (me.isEmpty()) {
            return false;
        }
        List<Contender> ahead = Fitness.ahead(view, me.get());
        long since = ahead.stream().mapToLong(Contender::shownMs).reduce(sinceMs, Math::max);
        return !view.before(since + ahead.size() * Fitness.TURN_MS);
    }

    /**
     * From when the order of candidates counts. Cold start: nobody who speaks here has seen the holder since its agent
     * started, so the holder may be starting too and hold more than all of them. Only the best of all goes at once;
     * else the wait is over first, then the order begins.
     */
    private static long begin(View view, long sinceMs, boolean warm) {
        if (warm || Fitness.rank(view) == 0 && Fitness.allSeen(view)) {
            return sinceMs;
        }
        return Math.max(sinceMs, view.state.startedMs() + view.tuning().coldStartWaitMs());
    }

    private static boolean promisersSawHolder(View view) {
        return view.state.promises().given().values().stream().anyMatch(Message.Promise::sawHolder);
    }

    /** The voters whose data may be newer and was not seen, when this member takes the term at a cold start. */
    static List<MemberName> overlooked(View view, String purpose) {
        if (purpose.equals("form") || purpose.equals("take over: dead bootstrap")) {
            return Reforming.ofCluster(view) ? Reforming.unseen(view) : List.of();
        }
        boolean asked = purpose.equals("take over: quorum") || purpose.equals("take over: timed out");
        boolean warm = view.sawHolder() || promisersSawHolder(view);
        boolean left = purpose.equals("take over: released")
                && view.record().holder() instanceof Holder.Released released
                && !hasAll(view, released);
        return asked && !warm || left ? Fitness.unseen(view) : List.of();
    }

    /** Where the end is not known, nobody is known to have all. */
    private static boolean hasAll(View view, Holder.Released released) {
        WalPosition position = view.position();
        return released.end() != null && position != null && position.atLeast(released.end());
    }

    /** QUORUM at once when the promisers are a majority that can acknowledge; else the store lease, to begin with. */
    static TakeoverRule ruleAfterQuorum(View view) {
        return promises(view) >= view.record().majority() ? TakeoverRule.QUORUM : TakeoverRule.TTL;
    }
}
