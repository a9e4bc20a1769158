package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WriteId;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the rules look at: the state at one instant, in the words the rules are written in. Reads only, and remembers
 * the earliest instant at which a question about time would be answered otherwise, and what most rules ask.
 */
final class View {
    /** Before every instant of every clock, and safe to reckon with. */
    static final long NEVER = 0;

    final AgentState state;
    final long nowMs;
    private final boolean holder;
    private long wakeUpMs = Long.MAX_VALUE;
    private @Nullable Lineage lineage;

    View(AgentState state, Now now) {
        this.state = state;
        this.nowMs = now.ms();
        this.holder = isHolder(state);
    }

    /** Whether {@code ms} is still to come; if so the core wants to be woken then. */
    boolean before(long ms) {
        if (nowMs >= ms) {
            return false;
        }
        wakeUpMs = Math.min(wakeUpMs, ms);
        return true;
    }

    long wakeUpMs() {
        return wakeUpMs;
    }

    Self self() {
        return state.self();
    }

    Tuning tuning() {
        return state.tuning();
    }

    // The record

    @Nullable
    Stored stored() {
        return state.book().known();
    }

    boolean hasRecord() {
        return state.book().known() != null;
    }

    ClusterRecord record() {
        return Objects.requireNonNull(state.book().known()).record();
    }

    /** Every record that may be in the store now: the one that is known, and those of this agent's open writes. */
    Stream<ClusterRecord> possibleRecords() {
        return Stream.concat(Stream.of(record()), state.writes().open().map(Writes.Pending::record));
    }

    Term term() {
        return hasRecord() ? record().term() : Term.NONE;
    }

    WriteId nextWriteId() {
        return new WriteId(self().agent() + "." + state.counter());
    }

    DataId nextDataId() {
        return new DataId(self().name() + "-" + self().agent() + "." + state.counter());
    }

    /** The record says that this member, in this life of its gate, holds the term. */
    boolean isHolder() {
        return holder;
    }

    private static boolean isHolder(AgentState state) {
        Stored stored = state.book().known();
        GateFacts gate = state.gate();
        return stored != null
                && gate != null
                && stored.record().holder().isHeldBy(state.self().name(), gate.incarnation());
    }

    /** Holder, and this agent itself has brought a write through: only then anything writable may start (A7, A14). */
    boolean leads() {
        return isHolder() && state.writes().ownSentMs() >= 0;
    }

    /** The holder's lease in the store, by this agent's own writes. */
    long storeLeaseMs() {
        return state.writes().ownSentMs() < 0 ? NEVER : state.writes().ownSentMs() + record().leaseDurationMs();
    }

    /** A quarter of the lease is over since this agent's last write. */
    boolean renewalDue() {
        return !before(state.writes().ownSentMs() + record().leaseDurationMs() / 4);
    }

    /** The record was read, or written, so lately that it is not read again behind the watch. */
    boolean pollsLater() {
        return before(state.book().confirmedMs() + state.book().pollMs());
    }

    boolean isNamed() {
        return hasRecord()
                && record().holder() instanceof Holder.Named named
                && named.successor().equals(self().name());
    }

    boolean isListed() {
        return hasRecord() && record().lists(state.voter().voter(), self().name());
    }

    boolean identified() {
        return hasRecord() && record().systemIdentifier() != null;
    }

    boolean paused() {
        return hasRecord() && record().paused();
    }

    /** When a candidate that saw nothing of the holder may call the store lease run out (rule T). */
    long timeOutMs() {
        return state.book().changedMs() + tuning().stretched(record().leaseDurationMs());
    }

    // The server

    boolean doingNothing() {
        return state.doing() == null;
    }

    boolean serverGone() {
        GateFacts gate = state.gate();
        return gate != null && gate.gone();
    }

    boolean running() {
        GateFacts gate = state.gate();
        return gate != null && gate.process() == GateFacts.Processes.RUNNING;
    }

    boolean frozen() {
        GateFacts gate = state.gate();
        return gate != null && gate.process() == GateFacts.Processes.FROZEN;
    }

    boolean writable() {
        GateFacts gate = state.gate();
        return gate != null && gate.writable() && !gate.gone();
    }

    boolean terminating() {
        GateFacts gate = state.gate();
        return gate != null && gate.terminating();
    }

    boolean recovering() {
        return running() && state.server() != null && state.server().recovering();
    }

    boolean primaryUp() {
        return running() && state.server() != null && !state.server().recovering();
    }

    boolean content(DataFacts.Content content) {
        return state.data() != null && state.data().content() == content;
    }

    /** Nothing that could be started: to be made or cloned. */
    boolean noData() {
        return content(DataFacts.Content.EMPTY) || content(DataFacts.Content.TORN);
    }

    /** Whether this member makes a cluster where there is none, with the data that it has; true as long as it has not looked. */
    boolean mayForm() {
        return switch (self().forms()) {
            case ANYHOW -> true;
            case FROM_DATA -> !noData();
            case NEVER -> false;
        };
    }

    /** Nothing lies where this member's data, or its WAL, lay. */
    boolean missing() {
        return content(DataFacts.Content.MISSING);
    }

    /** The data, or the server, belongs to another cluster than the record. */
    boolean foreignSystem() {
        return identified()
                && systemIdentifier().isPresent()
                && !systemIdentifier().get().equals(record().systemIdentifier());
    }

    /**
     * The data is what is left of this member's own attempt to form the cluster, in a term whose branch never came
     * into the history because another attempt succeeded: nobody was ever told to use it.
     */
    boolean deadBootstrap() {
        DataFacts data = state.data();
        if (!foreignSystem()
                || knewItsCluster()
                || data == null
                || data.branches().size() != 1
                || record().history().isEmpty()) {
            return false;
        }
        Term made = data.branches().get(Timeline.FIRST);
        return made != null && made.compareTo(record().history().getFirst().term()) < 0;
    }

    /** Whether the data that lies here is of a cluster that was there when this member last saw it. */
    boolean knewItsCluster() {
        return systemIdentifier().isPresent()
                && systemIdentifier().get().equals(state.voter().system());
    }

    Optional<String> systemIdentifier() {
        if (state.server() != null) {
            return Optional.of(state.server().systemIdentifier());
        }
        return state.data() == null
                ? Optional.empty()
                : Optional.ofNullable(state.data().systemIdentifier());
    }

    /** What this member holds, or null while that is not known. What it is taking counts once it has all of it. */
    @Nullable
    WalPosition position() {
        Doing doing = state.doing();
        if (doing != null && doing.action() instanceof ServerAction.TakeWal take) {
            return take.from();
        }
        ServerFacts server = state.server();
        if (server == null || server.flushed() == null) {
            return null;
        }
        return position(server.timeline(), server.flushed());
    }

    @Nullable
    WalPosition position(Timeline timeline, Lsn lsn) {
        Term term = state.data() == null ? null : state.data().branches().get(timeline);
        return term == null ? null : new WalPosition(term, timeline, lsn);
    }

    Lineage lineage() {
        Lineage known = lineage;
        if (known == null) {
            known = findLineage();
            lineage = known;
        }
        return known;
    }

    private Lineage findLineage() {
        DataFacts data = state.data();
        if (data == null || !hasRecord()) {
            return Lineage.UNKNOWN;
        }
        ServerFacts server = state.server();
        if (server != null && server.flushed() == null) {
            return Lineage.UNKNOWN;
        }
        if (server != null) {
            return Lineage.of(record().history(), data.branches(), server.timeline(), server.flushed());
        }
        Lineage lineage = Lineage.of(record().history(), data.branches(), data.timeline(), data.cleanEnd());
        if (lineage == Lineage.CURRENT && madeByHand(data)) {
            return Lineage.CONFLICTING;
        }
        // A stopped standby may hold more than its control file says: it is started, and asked.
        return lineage == Lineage.DIVERGED && data.standbyFiles() && data.cleanEnd() == null && onKnownBranch(data)
                ? Lineage.UNKNOWN
                : lineage;
    }

    /**
     * Whoever holds the term made the current branch. A directory that is on it and is no standby's was promoted by somebody
     * else, to a timeline of the same id, when the branch had been written down to be followed; but for the holder's own, on a
     * volume that came here.
     */
    private boolean madeByHand(DataFacts data) {
        return !data.standbyFiles()
                && !isHolder()
                && record().holder() instanceof Holder.Held held
                && !held.member().equals(self().name())
                && (data.data() == null || !data.data().equals(held.data()));
    }

    /** Whether only a person can say that the stopped server's directory is on the current branch. */
    boolean needsWord() {
        DataFacts data = state.data();
        return data != null
                && hasRecord()
                && state.server() == null
                && madeByHand(data)
                && Lineage.of(record().history(), data.branches(), data.timeline(), data.cleanEnd()) == Lineage.CURRENT;
    }

    /** The data went where the cluster's history did not: nobody should read it, and it is rebuilt. */
    boolean astray() {
        // A server that is being pointed at the holder may be on its branch before that is known to be written down.
        boolean pointed = state.doing() != null && state.doing().action() instanceof ServerAction.Follow;
        Lineage lineage = lineage();
        return !pointed && (lineage == Lineage.DIVERGED || lineage == Lineage.CONFLICTING);
    }

    private boolean onKnownBranch(DataFacts data) {
        Timeline timeline = data.timeline();
        Term term = timeline == null ? null : data.branches().get(timeline);
        return term != null && Lineage.indexOf(record().history(), term, Objects.requireNonNull(timeline)) >= 0;
    }

    // The others

    /** The holder that this member should follow, if it can be reached and writes. */
    Optional<Source> source() {
        if (!hasRecord()
                || !(record().holder() instanceof Holder.Held held)
                || held.member().equals(self().name())) {
            return Optional.empty();
        }
        PeerState peer = state.peers().get(held.member());
        if (peer == null || peer.report() == null) {
            return Optional.empty();
        }
        return Optional.of(new Source(held.member(), peer.report().address()));
    }

    /** The source, if it says of itself that it is primary of the record's term. */
    Optional<Source> livingSource() {
        return source().filter(source -> identified()).filter(source -> {
            PeerState peer = Objects.requireNonNull(state.peers().get(source.member()));
            return peer.connected()
                    && peer.currentReport() != null
                    && peer.currentReport().role() == MemberReport.Role.PRIMARY
                    && peer.currentReport().termSeen().equals(term());
        });
    }

    /** The gate has confirmed the last permit that was shortened: it does not hang. */
    boolean gateAnswers() {
        GateFacts gate = state.gate();
        return gate != null
                && state.permit().touched()
                && gate.seq() >= state.permit().confirmSeq();
    }

    private static boolean isPeer(PeerState peer, Voter voter) {
        return peer.peer().voter().equals(voter.id()) && peer.peer().name().equals(voter.member());
    }

    /**
     * Until when a majority of {@code record}'s voters, this member counted, has acknowledged heartbeats of its term
     * that were sent less than their G before.
     */
    long peerLeaseMs(ClusterRecord record) {
        long[] until = new long[record.voters().size()];
        int count = 0;
        for (Voter voter : record.voters()) {
            until[count++] = voter.id().equals(state.voter().voter()) ? Long.MAX_VALUE : ackUntilMs(voter);
        }
        java.util.Arrays.sort(until);
        return until.length == 0 ? NEVER : until[until.length - record.majority()];
    }

    Optional<PeerState> peer(Voter voter) {
        return state.peers().values().stream()
                .filter(peer -> isPeer(peer, voter))
                .findFirst();
    }

    long ackUntilMs(Voter voter) {
        return peer(voter).map(PeerState::ackUntilMs).orElse(NEVER);
    }

    /** When the silence of the holder allows a promise: this member's expiry has passed. */
    boolean leaseRuns() {
        return before(state.lease().expiryMs());
    }

    /** The second look: the silent primary's machine answers, so its agent gets a little longer. */
    boolean secondLookHolds() {
        SecondLook look = state.look();
        if (!look.answered() || nowMs - look.answeredMs() > 4 * SecondLook.EVERY_MS) {
            return false;
        }
        MemberName holder = record().holder().memberOrNull();
        PeerState peer = holder == null ? null : state.peers().get(holder);
        boolean reset = peer != null && !peer.connected() && peer.reset();
        return before(state.lease().expiryMs() + (reset ? SecondLook.RESTART_WAIT_MS : SecondLook.STALL_WAIT_MS));
    }

    /** Whether this member, since its agent started, acknowledged the holder of the record's term. */
    boolean sawHolder() {
        return state.lease().term().equals(term()) && !term().equals(Term.NONE);
    }

    // Commands

    <T extends Command> Optional<Asked> asked(Class<T> type) {
        for (Asked asked : state.asked()) {
            if (type.isInstance(asked.command())) {
                return Optional.of(asked);
            }
        }
        return Optional.empty();
    }

    Optional<Command.Failover> failover() {
        return asked(Command.Failover.class).map(asked -> (Command.Failover) asked.command());
    }

    boolean restartAsked() {
        return asked(Command.Restart.class).filter(asked -> !asked.begun()).isPresent();
    }

    boolean retiring() {
        return asked(Command.Retire.class).isPresent();
    }

    /** The current branch if a promotion has to make it, null if there is none. */
    @Nullable
    Branch branchToMake() {
        return record().currentBranch();
    }

    boolean quorum() {
        return record().takeover() == TakeoverRule.QUORUM;
    }
}
