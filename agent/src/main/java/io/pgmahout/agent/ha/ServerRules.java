package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.act;
import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What must happen to this member's server: rules 100 to 199. */
final class ServerRules {

    private static final long STOP_LIMIT_MS = 20_000;
    private static final long SUCCESSOR_MS = 1_000;

    /** A start that fails so often is not tried again before the others were asked. */
    static final int STARTS = 2;

    static final List<Rule> TABLE = List.of(
            rest(100, "gate-silent", "The gate has not told its state yet.", view -> view.state.gate() == null),
            act(
                    101,
                    "fence",
                    "The server is writable although the record gives the term to another: it is killed.",
                    view -> view.hasRecord() && !view.isHolder() && view.writable() && !killing(view),
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
                    "The data directory has not been looked at yet.",
                    view -> view.state.data() == null,
                    view -> new ServerAction.Inspect()),
            act(
                    105,
                    "gate-terminates",
                    "The gate was asked to end: the server is stopped, so that the term can be handed over.",
                    view -> view.terminating() && !view.serverGone(),
                    view -> new ServerAction.Stop(true, STOP_LIMIT_MS)),
            act(
                    106,
                    "find-end",
                    "The holder's server ended: where its WAL ends decides who can go on.",
                    view -> view.leads()
                            && view.state.ending() != null
                            && view.state.ending().foundMs() < 0,
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
                    view -> new ServerAction.Stop(true, STOP_LIMIT_MS)),
            rest(
                    110,
                    "foreign-system",
                    "The data directory belongs to another cluster, by its system identifier.",
                    view -> view.foreignSystem() && !cloneAsked(view)),
            rest(111, "no-record", "There is no cluster record yet.", view -> !view.hasRecord()),
            rest(
                    112,
                    "resuming",
                    "The record names this member, whose agent has not written it yet: nothing writable starts before.",
                    view -> view.isHolder() && !view.leads()),
            act(
                    120,
                    "initialize",
                    "This member forms the cluster: initdb.",
                    view -> view.leads() && !view.identified() && view.noData(),
                    view -> new ServerAction.Initialize(newData(view), view.term())),
            act(
                    121,
                    "adopt",
                    "This member forms the cluster from the data directory it was given.",
                    view -> view.leads()
                            && !view.identified()
                            && view.state.data() != null
                            && view.state.data().branches().isEmpty(),
                    view -> new ServerAction.Adopt(newData(view), view.term())),
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
                    view -> view.leads() && view.recovering() && promotionMakesTheBranch(view),
                    view -> new ServerAction.Promote(
                            Objects.requireNonNull(view.branchToMake()).timeline(),
                            Objects.requireNonNull(view.branchToMake()).term())),
            act(
                    124,
                    "switchover-stops",
                    "A switchover was asked for and its target is fit: the server is stopped.",
                    view -> view.leads() && view.primaryUp() && Handover.switchoverReady(view),
                    view -> new ServerAction.Stop(true, Handover.stopLimitMs(view))),
            rest(
                    125,
                    "handing-over",
                    "The server ended; the others are asked who has all of its WAL.",
                    view -> view.leads() && Handover.waits(view)),
            rest(
                    126,
                    "paused",
                    "The cluster is paused: the server is left as it is.",
                    view -> view.paused() && view.leads() && view.serverGone()),
            act(
                    127,
                    "start-to-promote",
                    "This member took the term but its server is stopped as a standby, or its promotion was cut off: it"
                            + " is started as a standby and then promoted.",
                    view -> view.leads()
                            && view.serverGone()
                            && view.state.data() != null
                            && (view.state.data().standbyFiles() || promotionCutOff(view)),
                    view -> new ServerAction.StartStandby(null, List.of())),
            act(
                    128,
                    "start-primary",
                    "This member holds the term and its server is down: it is started in place.",
                    view -> view.leads() && view.serverGone() && permitted(view) && !madeAnotherBranch(view),
                    view -> new ServerAction.StartPrimary(
                            view.branchToMake() == null
                                    ? null
                                    : view.branchToMake().timeline())),
            act(
                    129,
                    "restart-primary",
                    "A restart was asked for.",
                    view -> view.leads() && view.primaryUp() && restartAsked(view),
                    view -> new ServerAction.Restart()),
            rest(130, "lead", "This member holds the term and its server is primary.", View::leads),
            act(
                    137,
                    "detach",
                    "The standby streams from a member that the record no longer names, and the holder cannot be"
                            + " followed yet: it is pointed at nobody.",
                    ServerRules::followsFormer,
                    view -> new ServerAction.Detach()),
            rest(
                    138,
                    "not-formed",
                    "Another member forms the cluster: nothing is started before it is there.",
                    view -> !view.identified()),
            rest(
                    139,
                    "own-former-life",
                    "The holder is this member's own former life: it takes the term before its server is started.",
                    RecordRules::ownFormerLife),
            rest(140, "paused-standby", "The cluster is paused: the server is left as it is.", View::paused),
            act(
                    141,
                    "reinitialize-stops",
                    "A clone was asked for, or the primary no longer has the WAL this standby needs: the server is stopped.",
                    view -> mustClone(view)
                            && !view.serverGone()
                            && view.livingSource().isPresent(),
                    view -> new ServerAction.Stop(true, STOP_LIMIT_MS)),
            act(
                    142,
                    "clone",
                    "There is no data directory that could be used: the primary's is cloned.",
                    view -> (view.noData() || mustClone(view))
                            && view.serverGone()
                            && view.livingSource().isPresent(),
                    ServerRules::cloneOfSource),
            rest(
                    143,
                    "clone-waits",
                    "There is no data directory that could be started, and no primary to clone.",
                    View::noData),
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
                    ServerRules::promised),
            act(
                    146,
                    "conflict-stops",
                    "The data has a timeline of the cluster's history that was made in another term: it is cloned anew.",
                    view -> must(view, Lineage.CONFLICTING) && !view.serverGone(),
                    view -> new ServerAction.Stop(true, STOP_LIMIT_MS)),
            act(
                    147,
                    "conflict-clone",
                    "The data has a timeline of the cluster's history that was made in another term: it is cloned anew.",
                    view -> must(view, Lineage.CONFLICTING),
                    ServerRules::cloneOfSource),
            act(
                    148,
                    "diverged-stops",
                    "The data went past the fork: the server is stopped to be rewound.",
                    view -> must(view, Lineage.DIVERGED) && !view.serverGone(),
                    view -> new ServerAction.Stop(true, STOP_LIMIT_MS)),
            act(
                    149,
                    "rewind",
                    "The data went past the fork: it is rewound to the primary's history.",
                    view -> must(view, Lineage.DIVERGED)
                            && view.state.failures().rewinds() == 0,
                    view -> new ServerAction.Rewind(
                            view.livingSource().orElseThrow(),
                            newData(view),
                            view.record().history())),
            act(
                    150,
                    "rewind-failed-clone",
                    "The data went past the fork and cannot be rewound: the primary's is cloned.",
                    view -> must(view, Lineage.DIVERGED),
                    ServerRules::cloneOfSource),
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
                            && (view.lineage() == Lineage.CONFLICTING || view.lineage() == Lineage.DIVERGED)
                            && view.record().holder() instanceof Holder.Held),
            act(
                    153,
                    "unstartable-clone",
                    "The standby does not start: the primary's data is cloned.",
                    view -> view.serverGone()
                            && view.state.failures().starts() >= STARTS
                            && view.livingSource().isPresent(),
                    ServerRules::cloneOfSource),
            act(
                    154,
                    "start-standby",
                    "The server is down: it is started as a standby.",
                    view -> view.serverGone() && !successorRises(view),
                    view -> startStandby(view)),
            rest(
                    155,
                    "successor-rises",
                    "The server is down; it is started once the new holder writes, or a second later.",
                    View::serverGone),
            rest(156, "not-yet-up", "The server has not answered yet.", view -> view.state.server() == null),
            act(
                    157,
                    "follow",
                    "The standby streams from somebody else, or from nobody: it is pointed at the holder.",
                    ServerRules::followsAnother,
                    view -> new ServerAction.Follow(
                            view.livingSource().orElseThrow(), view.record().history())),
            act(
                    158,
                    "restart-standby",
                    "A restart was asked for.",
                    ServerRules::restartAsked,
                    view -> new ServerAction.Restart()),
            act(
                    159,
                    "forget-old-data",
                    "The clone streams: the directory that was kept aside may go.",
                    view -> keepsAside(view) && streaming(view),
                    view -> new ServerAction.Forget()),
            rest(160, "stream", "The standby streams from the holder.", ServerRules::streaming),
            rest(161, "stand-by", "The standby waits for a holder it can stream from.", view -> true));

    private ServerRules() {}

    /** Until it writes there is nothing to stream from it, and what it has to do goes first where they share a machine. */
    private static boolean successorRises(View view) {
        MemberName next = view.record().holder().memberOrNull();
        return next != null
                && !next.equals(view.self().name())
                && view.livingSource().isEmpty()
                && view.before(view.state.book().changedMs() + SUCCESSOR_MS);
    }

    private static boolean killing(View view) {
        return view.state.doing() != null && view.state.doing().action() instanceof ServerAction.Kill;
    }

    private static ServerAction cloneOfSource(View view) {
        return new ServerAction.Clone(
                view.livingSource().orElseThrow(), newData(view), view.record().history());
    }

    static DataId newData(View view) {
        return new DataId(view.self().name() + "-" + view.self().agent() + "." + view.state.counter());
    }

    static boolean promotionMakesTheBranch(View view) {
        Branch branch = view.branchToMake();
        ServerFacts server = view.state.server();
        return branch != null
                && server != null
                && branch.timeline().equals(server.nextTimeline())
                && branch.start() == null;
    }

    /**
     * The promotion ended before the control file said so: the directory is no standby's any more, and would be
     * started on the timeline before, whose WAL then has two writers.
     */
    static boolean promotionCutOff(View view) {
        Branch branch = view.hasRecord() ? view.branchToMake() : null;
        return branch != null && branch.start() == null && elsewhere(view) && onHistory(view);
    }

    /** The data is on another branch than the record says: nothing was permitted on it, and nothing will be. */
    static boolean madeAnotherBranch(View view) {
        return view.hasRecord() && view.branchToMake() != null && elsewhere(view) && !promotionCutOff(view);
    }

    private static boolean elsewhere(View view) {
        Branch branch = Objects.requireNonNull(view.branchToMake());
        DataFacts data = view.state.data();
        return data != null
                && data.content() == DataFacts.Content.COMPLETE
                && !data.standbyFiles()
                && data.timeline() != null
                && !branch.same(term(data), Objects.requireNonNull(data.timeline()));
    }

    private static boolean onHistory(View view) {
        DataFacts data = Objects.requireNonNull(view.state.data());
        return Lineage.indexOf(view.record().history(), term(data), Objects.requireNonNull(data.timeline())) >= 0;
    }

    /** The term of the branch that the data is on; none when nobody wrote it down. */
    private static Term term(DataFacts data) {
        return data.branches().getOrDefault(Objects.requireNonNull(data.timeline()), Term.NONE);
    }

    private static boolean permitted(View view) {
        return view.state.permit().touched() && view.state.permit().deadlineMs() > view.nowMs;
    }

    private static boolean restartAsked(View view) {
        return view.asked(Command.Restart.class).filter(asked -> !asked.begun()).isPresent();
    }

    private static boolean cloneAsked(View view) {
        return view.asked(Command.Reinitialize.class).isPresent() || view.deadBootstrap();
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

    private static boolean keepsAside(View view) {
        DataFacts data = view.state.data();
        return data != null && data.keptAside() && !view.state.told().asideStays();
    }

    private static boolean followsAnother(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && server.recovering()
                && view.livingSource()
                        .filter(source -> !source.member().equals(server.following())
                                || !source.equals(view.state.told().pointedAt()))
                        .isPresent();
    }

    /** Branches are written beside the data only with the source whose WAL will be theirs. */
    private static ServerAction startStandby(View view) {
        Source source = sourceToStartWith(view);
        return new ServerAction.StartStandby(
                source, source == null ? List.of() : view.record().history());
    }

    /** A standby that may be past a fork starts alone, and is asked where it is. */
    private static @Nullable Source sourceToStartWith(View view) {
        Lineage lineage = view.lineage();
        return lineage == Lineage.CURRENT || lineage == Lineage.ANCESTOR
                ? view.livingSource().orElse(null)
                : null;
    }

    /**
     * Whoever answers at a former holder's address may by now write, or pass on, another branch under the same
     * timeline id, which a walreceiver cannot see (A3).
     */
    private static boolean followsFormer(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && server.recovering()
                && server.following() != null
                && view.running()
                && view.record().holder() instanceof Holder.Held held
                && !held.member().equals(server.following())
                && (view.paused() || view.livingSource().isEmpty());
    }

    private static boolean streaming(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && server.streaming()
                && view.source()
                        .filter(source -> source.member().equals(server.following()))
                        .isPresent();
    }

    /**
     * Whether this primary, on the current branch, can tell where a branch began whose start the record does not
     * have: its own, or one whose holder ended before it could say.
     */
    static boolean startToRecord(View view) {
        ServerFacts server = view.state.server();
        Branch current = view.branchToMake();
        return server != null
                && current != null
                && view.primaryUp()
                && current.timeline().equals(server.timeline())
                && server.branchStart() != null
                && view.record().history().stream()
                        .anyMatch(branch ->
                                branch.start() == null && server.starts().containsKey(branch.timeline()));
    }
}
