package io.pgmahout.agent.ha;

import io.pgmahout.agent.ha.Fitness.Contender;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.SwitchoverRequest;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What follows the end of the holder's server: a switchover, an orderly end, or a crash. */
final class Handover {

    /** How long a stopped holder waits for a standby to have received the last of its WAL, one that is given up for anybody fit. */
    static final long PATIENCE_MS = 2_000;

    /** A standby that lags more than this when a switchover begins is refused: the stop would have to wait for it. */
    private static final long SWITCHOVER_LAG = 16L << 20;

    static final long ASK_EVERY_MS = 20;

    private Handover() {}

    static @Nullable SwitchoverRequest requested(View view) {
        return view.record().switchover();
    }

    /** Whether the record carries a switchover and its target is fit now. */
    static boolean switchoverReady(View view) {
        SwitchoverRequest request = requested(view);
        return request != null && !overdue(view) && refusal(view, request.target()) == null;
    }

    /** Since when this agent's switchover runs; one that an earlier agent left is given up. */
    static boolean overdue(View view) {
        return view.asked(Command.Switchover.class)
                .map(asked -> !view.before(asked.sinceMs() + view.tuning().switchoverTimeoutMs()))
                .orElse(true);
    }

    static long stopLimitMs(View view) {
        long since = view.asked(Command.Switchover.class).map(Asked::sinceMs).orElse(view.nowMs);
        return Math.max(1_000, since + view.tuning().switchoverTimeoutMs() - view.nowMs);
    }

    /** Why a switchover to {@code target} (null: to anybody) would not work now; null if it would. */
    static @Nullable String refusal(View view, @Nullable MemberName target) {
        if (!view.leads() || !view.primaryUp()) {
            return "this member is not a running primary";
        }
        if (target == null) {
            return Fitness.others(view).isEmpty() ? "no member may lead: see explain" : null;
        }
        if (target.equals(view.self().name())) {
            return target + " is the primary already";
        }
        PeerState peer = view.state.peers().get(target);
        if (peer == null || peer.report() == null) {
            return "there is no member " + target;
        }
        if (!peer.connected()) {
            return target + " does not answer";
        }
        if (!view.record().lists(peer.peer().voter(), peer.peer().name())) {
            return target + " is not a voting member yet";
        }
        MemberReport report = peer.currentReport();
        if (report == null) {
            return target + " has only just come back, and not told how it is";
        }
        if (report.obstacle() != null) {
            return target + " may not lead: " + report.obstacle();
        }
        WalPosition mine = view.position();
        WalPosition theirs = peer.position();
        if (mine == null || theirs == null || mine.lsn().minus(theirs.lsn()) > SWITCHOVER_LAG) {
            return target + " lags too far behind for a switchover";
        }
        return null;
    }

    /** Whether the search for a successor goes on. */
    static boolean waits(View view) {
        Ending ending = view.state.ending();
        if (ending == null || ending.foundMs() < 0 || !view.serverGone()) {
            return false;
        }
        if (left(view)) {
            return false;
        }
        return (stopped(view) && listed(view).findAny().isPresent()
                        || moreIsToldOf(view, ending)
                        || successor(view).isPresent())
                && patient(view, ending);
    }

    private static boolean patient(View view, Ending ending) {
        return view.before(ending.foundMs() + patienceMs(view));
    }

    private static Stream<PeerState> listed(View view) {
        return view.state.peers().values().stream()
                .filter(peer -> peer.connected()
                        && view.record().lists(peer.peer().voter(), peer.peer().name()));
    }

    private static boolean moreIsToldOf(View view, Ending ending) {
        return listed(view).anyMatch(peer -> mayHoldMore(peer, ending));
    }

    /** Whether the server has ended and it is open who goes on. A start in place that is under way has decided it. */
    static boolean seeks(View view) {
        Ending ending = view.state.ending();
        Doing doing = view.state.doing();
        boolean starts = doing != null && doing.action() instanceof ServerAction.StartPrimary;
        return ending != null
                && view.serverGone()
                && !starts
                && (ending.foundMs() < 0
                        || waits(view)
                        || givesAway(view)
                        || Salvage.underWay(view)
                        || Salvage.begins(view));
    }

    /** Whether it is to be found where the WAL of the holder's server ends: it ended, or is given up without ever leading. */
    static boolean endUnknown(View view) {
        Ending ending = view.state.ending();
        return view.leads()
                && (ending != null ? ending.foundMs() < 0 : view.serverGone() && view.identified() && givenUp(view));
    }

    /**
     * Whether the term goes to another member, or to nobody: nothing more is expected of this server. Where there is
     * no other member it would come back to this one.
     */
    static boolean givesAway(View view) {
        boolean others = !view.state.peers().isEmpty() || view.record().voters().size() > 1;
        return ended(view) && view.identified() && givenUp(view) && others && !left(view);
    }

    /**
     * Whether nobody is named any more, although others had the time to come back to a connection. Who is named goes on at
     * once; who takes a released term, and has not all of it, waits for those who may.
     */
    static boolean nobodyIsFit(View view) {
        return givesAway(view)
                && successor(view).isEmpty()
                && !Salvage.goesOn(view)
                && !view.before(Objects.requireNonNull(view.state.ending()).foundMs() + PATIENCE_MS);
    }

    /** Whether a pause leaves the server as it is: nobody asked for its end. */
    private static boolean left(View view) {
        return view.paused() && requested(view) == null && !view.terminating();
    }

    /** Whether nothing more is expected of this member's server: it does not start, or not from what lies there. */
    static boolean givenUp(View view) {
        Failures failures = view.state.failures();
        return failures.unstartable() || failures.untriable() || refusedAgain(view);
    }

    /** A directory that could not be read, or is not there, may be well a second later: until then its WAL is not given up. */
    private static boolean refusedAgain(View view) {
        DataFacts data = view.state.data();
        return data != null
                && data.mayChange()
                && view.state.lookedMs() >= view.state.refusedMs() + GuardRules.LOOK_AGAIN_MS;
    }

    private static long patienceMs(View view) {
        return stopped(view) ? PATIENCE_MS : view.tuning().crashHandoverMs();
    }

    /** Whether the server was stopped for the hand-over: what it wrote last was sent before it ended. */
    private static boolean stopped(View view) {
        return requested(view) != null || view.terminating();
    }

    /** Whether a standby may still tell that it has more. */
    static boolean hopes(View view, Ending ending) {
        return moreIsToldOf(view, ending) && patient(view, ending);
    }

    /** Until a standby tells that its walreceiver is gone too, what it last told is not all it has. */
    private static boolean mayHoldMore(PeerState peer, Ending ending) {
        MemberReport report = peer.currentReport();
        return report == null || report.streaming() || peer.reportMs() < ending.sinceMs();
    }

    static boolean ended(View view) {
        Ending ending = view.state.ending();
        return ending != null && ending.foundMs() >= 0 && view.serverGone() && idle(view);
    }

    private static boolean idle(View view) {
        return view.doingNothing();
    }

    /** Who goes on: has all of the WAL that ended; or, where this server is given up, the best there is. */
    static Optional<MemberName> successor(View view) {
        Ending ending = Objects.requireNonNull(view.state.ending());
        if (left(view)) {
            return Optional.empty();
        }
        SwitchoverRequest request = requested(view);
        List<Contender> others = Fitness.others(view);
        WalPosition end = end(view, ending);
        // How much who is here lacks is not known then, and who is named goes on at once.
        boolean overlooked = end == null && !Fitness.allSeen(view);
        boolean bestOfAll = givenUp(view) && !overlooked && !hopes(view, ending) && !Salvage.goesOn(view);
        List<Contender> able = others.stream()
                .filter(other -> connected(view, other)
                        && (bestOfAll && !Fitness.lags(view, other.position(), end) || hasAll(other, ending)))
                .filter(other -> request == null
                        || request.target() == null
                        || request.target().equals(other.name()))
                .toList();
        return heardLately(view, ending, able).map(Contender::name);
    }

    /**
     * The best of those that were heard within the peer lease, for they are asked every few milliseconds: a term that is given
     * to one who is gone costs a store lease. One who has told of more may just be stalled, and is waited for longer than that.
     */
    private static Optional<Contender> heardLately(View view, Ending ending, List<Contender> able) {
        Optional<Contender> best = able.stream().findFirst();
        Optional<Contender> heard =
                able.stream().filter(other -> isHeard(view, other)).findFirst();
        boolean loses = heard.isPresent()
                && best.isPresent()
                && !heard.get().position().atLeast(best.get().position());
        return loses && view.before(ending.foundMs() + PATIENCE_MS) ? Optional.empty() : heard.or(() -> best);
    }

    private static boolean isHeard(View view, Contender other) {
        PeerState peer = view.state.peers().get(other.name());
        return peer != null && view.nowMs - peer.heardMs() <= view.state.pulse().leaseMs();
    }

    /** Why a member is not named as the successor of a server that ended. */
    static String shortcoming(View view, PeerState peer) {
        MemberReport report = peer.currentReport();
        if (!peer.connected() || report == null) {
            return "it does not answer";
        }
        if (!view.record().lists(peer.peer().voter(), peer.peer().name())) {
            return "it is not a voting member";
        }
        if (report.obstacle() != null) {
            return report.obstacle();
        }
        return "it has not told that it has all of the WAL";
    }

    /** One that has promised is a contender also when it is gone. */
    private static boolean connected(View view, Contender other) {
        PeerState peer = view.state.peers().get(other.name());
        return peer != null && peer.connected();
    }

    /** Where its WAL ended, or else what was told of it last; null when this agent never saw it run. */
    static @Nullable WalPosition end(View view, Ending ending) {
        return ending.end() != null ? ending.end() : view.state.lastPosition();
    }

    private static boolean hasAll(Contender other, Ending ending) {
        return ending.end() != null && other.position().atLeast(ending.end());
    }
}
