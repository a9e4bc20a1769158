package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who may lead, and who goes first (design, "Who goes first"). */
final class Fitness {

    /** Between the attempts of two candidates. */
    static final long TURN_MS = 100;

    /** A report older than this says nothing about what a member holds now. */
    private static final long FRESH_MS = 5_000;

    static final Comparator<Contender> FIRST = Comparator.comparing(Contender::position)
            .thenComparingInt(Contender::priority)
            .reversed()
            .thenComparing(Contender::name);

    private Fitness() {}

    /**
     * A member with a position that can be compared.
     *
     * @param shownMs since when this member knows of it as one
     */
    record Contender(MemberName name, WalPosition position, int priority, long shownMs) {}

    /** Why this member may not lead, a sentence; null if it may. */
    static @Nullable String obstacle(View view) {
        AgentState state = view.state;
        if (view.self().nofailover()) {
            return "it is tagged nofailover";
        }
        if (view.terminating()) {
            return "its gate is about to end";
        }
        Doing doing = state.doing();
        if (doing != null
                && (doing.action() instanceof ServerAction.Clone || doing.action() instanceof ServerAction.Rewind)) {
            return "its data directory is being "
                    + (doing.action() instanceof ServerAction.Clone ? "cloned" : "rewound");
        }
        if (state.data() == null) {
            return "its data directory has not been looked at yet";
        }
        if (!view.content(DataFacts.Content.COMPLETE)) {
            return "its data directory is " + state.data().content().name().toLowerCase(java.util.Locale.ROOT);
        }
        if (view.foreignSystem()) {
            return foreign(view);
        }
        if (!view.running()) {
            return "its server is not running";
        }
        ServerFacts server = state.server();
        if (server == null) {
            return "its server does not answer yet";
        }
        if (!server.recovering()) {
            return "its server is not a standby";
        }
        WalPosition position = view.position();
        if (position == null || server.nextTimeline() == null) {
            return "it does not know its WAL position yet";
        }
        return view.hasRecord() ? distance(view, position) : null;
    }

    /** Whether the running standby could be promoted on the cluster's history, whatever it lacks. */
    static boolean mayBePromoted(View view) {
        WalPosition position = view.position();
        return view.recovering()
                && !view.foreignSystem()
                && position != null
                && comparable(view, position)
                && Objects.requireNonNull(view.state.server()).nextTimeline() != null;
    }

    /** Both identifiers, of data that is another cluster's. */
    static String foreign(View view) {
        return "its system identifier is " + view.systemIdentifier().orElse("unknown") + ", the cluster's is "
                + view.record().systemIdentifier();
    }

    private static @Nullable String distance(View view, WalPosition position) {
        if (!comparable(view, position)) {
            return "its branch (timeline " + position.timeline() + " of term " + position.term()
                    + ") is not in the cluster's history";
        }
        long lag = lag(view, position, lastKnown(view));
        return lag > view.tuning().maxLagBytes()
                ? "it is " + lag + " bytes behind the primary's last known position, failover.max-lag is "
                        + view.tuning().maxLagBytes()
                : null;
    }

    /** Whether a member at {@code position} is further behind a primary's than is allowed. */
    static boolean lags(View view, WalPosition position, @Nullable WalPosition primary) {
        return lag(view, position, primary) > view.tuning().maxLagBytes();
    }

    static long lag(View view, WalPosition position, @Nullable WalPosition primary) {
        return primary == null || !comparable(view, primary)
                ? 0
                : primary.lsn().minus(shared(view.record().history(), position));
    }

    /** What the primary last told this member, or told the record when it released the term, which outlives an agent. */
    static @Nullable WalPosition lastKnown(View view) {
        WalPosition told = view.state.lease().primaryPosition();
        WalPosition released = view.record().holder() instanceof Holder.Released given ? given.end() : null;
        return Stream.of(Optional.ofNullable(told), Optional.ofNullable(released))
                .flatMap(Optional::stream)
                .filter(position -> comparable(view, position))
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    /** How far a position goes on the cluster's history: what lies past the fork is not the primary's. */
    static Lsn shared(List<Branch> history, WalPosition position) {
        int next = Lineage.indexOf(history, position.term(), position.timeline()) + 1;
        Lsn fork = next < history.size() ? history.get(next).start() : null;
        return fork != null && fork.compareTo(position.lsn()) < 0 ? fork : position.lsn();
    }

    static boolean comparable(View view, WalPosition position) {
        List<Branch> history = view.record().history();
        return Lineage.indexOf(history, position.term(), position.timeline()) >= 0;
    }

    /** This member as a contender, whatever stands in its way but an unknown position. */
    static Optional<Contender> me(View view) {
        WalPosition position = view.position();
        return position == null
                ? Optional.empty()
                : Optional.of(
                        new Contender(view.self().name(), position, view.self().priority(), View.NEVER));
    }

    /** The others that may succeed the holder, by what they promised or else last reported, best first. */
    static List<Contender> others(View view) {
        List<Contender> contenders = new ArrayList<>();
        for (PeerState peer : view.state.peers().values()) {
            contender(view, peer).ifPresent(contenders::add);
        }
        contenders.sort(FIRST);
        return contenders;
    }

    private static Optional<Contender> contender(View view, PeerState peer) {
        MemberName name = peer.peer().name();
        if (!view.record().lists(peer.peer().voter(), name)) {
            return Optional.empty();
        }
        if (view.record().holder().isHeldBy(name, peer.peer().incarnation())) {
            return Optional.empty();
        }
        Promises promises = view.state.promises();
        Message.Promise promise = promises.term().equals(view.term())
                ? promises.given().get(peer.peer().voter())
                : null;
        if (promise != null) {
            return promise.obstacle() == null && promise.position() != null && comparable(view, promise.position())
                    ? Optional.of(new Contender(name, promise.position(), promise.priority(), peer.shownMs()))
                    : Optional.empty();
        }
        MemberReport report = peer.currentReport();
        boolean fresh = peer.connected() && view.nowMs - peer.reportMs() <= FRESH_MS;
        if (report == null
                || !fresh
                || report.obstacle() != null
                || peer.position() == null
                || !comparable(view, peer.position())) {
            return Optional.empty();
        }
        return Optional.of(new Contender(name, peer.position(), report.priority(), peer.shownMs()));
    }

    /** How many go before this member. */
    static int rank(View view) {
        return me(view).map(me -> ahead(view, me).size()).orElse(Integer.MAX_VALUE);
    }

    /** Those that go before {@code me}, best first. */
    static List<Contender> ahead(View view, Contender me) {
        return others(view).stream()
                .filter(other -> FIRST.compare(other, me) < 0)
                .toList();
    }

    /** Whether every other voter can be heard and told where it stands, so that nobody's data is overlooked. */
    static boolean allSeen(View view) {
        return unseen(view).isEmpty();
    }

    /** The voters whose data this member knows nothing of now. */
    static List<MemberName> unseen(View view) {
        List<MemberName> unseen = new ArrayList<>();
        for (Voter voter : view.record().voters()) {
            if (voter.id().equals(view.state.voter().voter())) {
                continue;
            }
            PeerState peer = view.state.peers().get(voter.member());
            boolean seen = peer != null
                    && peer.connected()
                    && peer.peer().voter().equals(voter.id())
                    && peer.currentReport() != null
                    && settled(peer.currentReport());
            if (!seen) {
                unseen.add(voter.member());
            }
        }
        return unseen;
    }

    /** It has told a position, or told that it has none to tell. */
    private static boolean settled(MemberReport report) {
        return report.position() != null
                || report.server() == MemberReport.ServerState.EMPTY
                || report.server() == MemberReport.ServerState.TORN
                || report.server() == MemberReport.ServerState.REBUILDING;
    }
}
