package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.SwitchoverRequest;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What this member must write into the record: rules 200 to 299. */
final class RecordRules {

    /** Rules that fire for a moment between two firings of another: they change nobody's view of why. */
    static final Set<Integer> ROUTINE = Set.of(200, 202, 238, 248);

    /** A candidate waits this long before it forms a cluster without having heard of the others. */
    private static final long BOOTSTRAP_WAIT_MS = 5_000;

    /** A standby reads the record this often behind its watch. */
    private static final long POLL_MS = 5_000;

    private static final long SETTLE_MS = 1_000;

    static final List<Rule> TABLE = List.of(
            rest(
                    200,
                    "write-under-way",
                    "A write of the record is under way.",
                    view -> !view.state.writes().idle()),
            rest(201, "gate-silent", "The gate has not told its state yet.", view -> view.state.gate() == null),
            rest(
                    202,
                    "read-under-way",
                    "The record is being read.",
                    view -> view.state.book().readId() != 0),
            rest(
                    203,
                    "store-pause",
                    "The store failed a moment ago; it is asked again soon.",
                    view -> view.before(view.state.book().retryMs())),
            new Rule(
                    204,
                    "read",
                    "The record must be read: never read yet, or a write's outcome is unknown.",
                    view -> view.state.book().stale(),
                    view -> new Decision.ReadRecord()),
            rest(
                    205,
                    "another-cluster",
                    "This member's data belongs to another cluster, by its system identifier.",
                    View::foreignSystem),
            // No record
            waits(
                    210,
                    "may-not-form",
                    "There is no record, and this member may not form a cluster.",
                    view -> absent(view) && !view.self().mayBootstrap()),
            rest(
                    211,
                    "look-first",
                    "There is no record; the data directory is looked at first.",
                    view -> absent(view) && view.state.data() == null),
            write(
                    212,
                    "form-from-data",
                    "There is no record, and this member has a primary's data: it forms the cluster from it.",
                    view -> absent(view)
                            && view.content(DataFacts.Content.COMPLETE)
                            && !Objects.requireNonNull(view.state.data()).standbyFiles(),
                    RecordRules::firstRecord,
                    "form"),
            waits(
                    213,
                    "data-refused",
                    "There is no record, and no cluster can be formed from the data directory: it may not be used, or it"
                            + " is a standby's, whose primary forms it.",
                    view -> absent(view) && !view.noData()),
            waits(
                    214,
                    "others-have-data",
                    "There is no record, but another member has data: it forms the cluster.",
                    view -> absent(view) && othersHaveData(view)),
            waits(
                    215,
                    "gather",
                    "There is no record; the others are waited for, lest one of them has data.",
                    view -> absent(view) && gathers(view)),
            write(
                    216,
                    "form",
                    "There is no record, and nobody has data: this member forms the cluster.",
                    RecordRules::absent,
                    RecordRules::firstRecord,
                    "form"),
            write(
                    217,
                    "resume-without-holder",
                    "An operator asked to resume, and there is no holder that could write it.",
                    view -> view.paused()
                            && !view.leads()
                            && view.livingSource().isEmpty()
                            && view.asked(Command.Resume.class).isPresent(),
                    view -> view.record().draft().paused(false),
                    "resume automatic actions"),
            // The holder
            write(
                    218,
                    "release-strange-branch",
                    "This member took the term with a server on a branch that the record does not have: it gives the"
                            + " term back.",
                    view -> view.leads()
                            && view.identified()
                            && view.recovering()
                            && view.doingNothing()
                            && strange(view),
                    view -> view.record().draft().holder(new Holder.Released(null)),
                    "release"),
            write(
                    219,
                    "release-other-branch",
                    "The promotion made another timeline than the record says: the server is down, the term is released.",
                    view -> view.leads()
                            && view.serverGone()
                            && view.doingNothing()
                            && ServerRules.madeAnotherBranch(view),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Released(view.state.lastPosition()))
                            .switchover(null),
                    "release"),
            write(
                    220,
                    "resume",
                    "The record gives the term to this member: its agent writes it before it counts, without counting on"
                            + " acknowledgements that an earlier agent got.",
                    view -> view.isHolder() && !view.leads(),
                    view -> view.record().draft().takeover(TakeoverRule.TTL),
                    "resume"),
            write(
                    221,
                    "hand-over",
                    "The server ended, and another member has all of its WAL: it is named as successor.",
                    view -> view.leads()
                            && Handover.ended(view)
                            && Handover.successor(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Named(
                                    Handover.successor(view).orElseThrow(), Objects.requireNonNull(endOf(view))))
                            .switchover(null),
                    "hand-over"),
            write(
                    222,
                    "release",
                    "The server was stopped with the gate, and nobody was fit: the term is released.",
                    view -> view.leads() && view.terminating() && Handover.ended(view) && !Handover.waits(view),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Released(
                                    Objects.requireNonNull(view.state.ending()).end()))
                            .switchover(null),
                    "release"),
            write(
                    223,
                    "re-plan",
                    "The promotion would make another timeline than the record says: it is recorded anew.",
                    view -> view.leads()
                            && view.recovering()
                            && !view.writable()
                            && view.doingNothing()
                            && Fitness.obstacle(view) == null
                            && !ServerRules.promotionMakesTheBranch(view),
                    view -> takeover(view, TakeoverRule.TTL),
                    "re-plan"),
            write(
                    224,
                    "re-affirm",
                    "Members promised against this term: the holder takes a higher one.",
                    view -> view.leads() && refused(view).atLeast(view.term()),
                    view -> view.record().draft().term(refused(view).next()).takeover(TakeoverRule.TTL),
                    "re-affirm"),
            write(
                    225,
                    "go-ttl",
                    "Too few members acknowledge: from now on the store lease alone counts.",
                    view -> view.leads() && view.quorum() && peerLeaseEnds(view),
                    view -> view.record().draft().takeover(TakeoverRule.TTL),
                    "go-ttl"),
            write(
                    226,
                    "retire-ttl",
                    "The agent is about to be replaced: it leaves the store lease behind, fresh.",
                    view -> view.leads()
                            && view.retiring()
                            && (view.quorum()
                                    || view.nowMs - view.state.writes().ownSentMs() > SETTLE_MS),
                    view -> view.record().draft().takeover(TakeoverRule.TTL),
                    "retire"),
            new Rule(
                    227,
                    "retire",
                    "The agent is about to be replaced: it leaves.",
                    view -> view.retiring() && (!view.leads() || permitReachesLease(view)),
                    view -> new Decision.Exit("retired")),
            write(
                    228,
                    "record-branch",
                    "The promotion told where its branch begins: it is recorded.",
                    view -> view.leads() && ServerRules.startToRecord(view),
                    RecordRules::withStart,
                    "branch"),
            write(
                    229,
                    "identify",
                    "The first server is up: the cluster has its system identifier and first branch.",
                    view -> view.leads() && !view.identified() && view.state.furnished() && firstBranch(view) != null,
                    view -> view.record()
                            .draft()
                            .holder(heldByMe(view))
                            .systemIdentifier(view.systemIdentifier().orElseThrow())
                            .history(List.of(Objects.requireNonNull(firstBranch(view)))),
                    "identify"),
            write(
                    230,
                    "switchover-given-up",
                    "The switchover did not come about in its time: the primary goes on.",
                    view -> view.leads()
                            && view.record().switchover() != null
                            && !Handover.waits(view)
                            && view.doingNothing()
                            && (Handover.overdue(view)
                                    || view.state.ending() != null
                                            && view.state.ending().foundMs() >= 0
                                    || view.running() && !Handover.switchoverReady(view)),
                    view -> view.record().draft().switchover(null),
                    "give up switchover"),
            rest(
                    231,
                    "ending",
                    "The server ended; what follows is decided first.",
                    view -> view.leads() && view.state.ending() != null && !renewalDue(view) && !resumes(view)),
            write(
                    232,
                    "pause",
                    "An operator asked for a pause.",
                    view -> view.leads()
                            && !view.paused()
                            && view.asked(Command.Pause.class).isPresent(),
                    view -> view.record().draft().paused(true),
                    "pause"),
            write(
                    233,
                    "unpause",
                    "An operator asked to resume.",
                    view -> view.leads() && resumes(view),
                    view -> view.record().draft().paused(false),
                    "resume automatic actions"),
            write(
                    234,
                    "switchover",
                    "An operator asked for a switchover: it is recorded.",
                    view -> view.leads()
                            && view.record().switchover() == null
                            && newSwitchover(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .switchover(new SwitchoverRequest(
                                    newSwitchover(view).orElseThrow().id(),
                                    newSwitchover(view).orElseThrow().target())),
                    "switchover"),
            write(
                    235,
                    "go-quorum",
                    "A majority acknowledges: from now on it can replace this primary quickly.",
                    view -> view.leads()
                            && !view.quorum()
                            && !view.retiring()
                            && view.identified()
                            && view.state.ending() == null
                            && view.record().voters().size() > 1
                            && view.gateAnswers()
                            && peerLeaseLong(view),
                    view -> view.record().draft().takeover(TakeoverRule.QUORUM),
                    "go-quorum"),
            write(
                    236,
                    "drop-silent",
                    "A voter is silent: it no longer counts, so that the majority means the living.",
                    view -> view.leads() && view.gateAnswers() && silent(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .voters(without(view, silent(view).orElseThrow())),
                    "drop"),
            write(
                    237,
                    "list-member",
                    "A member streams and does not vote yet: it is listed.",
                    view -> view.leads() && view.gateAnswers() && unlisted(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .voters(with(view, unlisted(view).orElseThrow())),
                    "list"),
            write(
                    238,
                    "renew",
                    "The store lease is renewed.",
                    view -> view.leads() && renewalDue(view),
                    view -> view.record().draft(),
                    "renew"),
            rest(239, "hold", "This member holds the term; nothing is due.", View::leads),
            // Anybody else
            write(
                    240,
                    "own-again",
                    "The holder is this member's own former life, its data is the same, and nothing of its"
                            + " server is left (rule L).",
                    RecordRules::ownFormerLife,
                    view -> view.record()
                            .draft()
                            .term(view.term().next())
                            .holder(heldByMe(view))
                            .takeover(TakeoverRule.TTL),
                    "take over: own former life"),
            write(
                    241,
                    "bootstrap-again",
                    "The bootstrap died before there was a cluster: it is tried again.",
                    view -> view.hasRecord()
                            && !view.identified()
                            && view.self().mayBootstrap()
                            && (view.noData() || view.content(DataFacts.Content.COMPLETE))
                            && (ownMember(view) || !view.before(view.timeOutMs())),
                    view -> view.record()
                            .draft()
                            .term(view.term().next())
                            .holder(heldByMe(view))
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
                    view -> takeover(view, TakeoverRule.TTL),
                    "take over: named"),
            write(
                    245,
                    "take-released",
                    "The former primary released the term (rule R).",
                    view -> view.hasRecord()
                            && view.record().holder() instanceof Holder.Released released
                            && Takeover.releasedTurn(view, released),
                    view -> takeover(view, TakeoverRule.TTL),
                    "take over: released"),
            write(
                    246,
                    "take-quorum",
                    "Enough members promised against the holder (rule Q).",
                    view -> view.hasRecord() && Takeover.quorum(view) && Takeover.quorumTurn(view),
                    view -> takeover(view, Takeover.ruleAfterQuorum(view)),
                    "take over: quorum"),
            write(
                    247,
                    "take-timed-out",
                    "The holder's store lease has run out before this member's eyes (rule T).",
                    view -> view.hasRecord() && Takeover.timedOut(view) && Takeover.timeOutTurn(view),
                    view -> takeover(view, TakeoverRule.TTL),
                    "take over: timed out"),
            new Rule(
                    248,
                    "poll",
                    "The record is read again, behind the watch.",
                    view -> !pollsLater(view),
                    view -> new Decision.ReadRecord()),
            rest(249, "watch", "Another member holds the term, or somebody else goes first.", view -> true));

    private RecordRules() {}

    private static Rule write(
            int number,
            String name,
            String explanation,
            Predicate<View> when,
            Function<View, ClusterRecord.Draft> draft,
            String purpose) {
        return new Rule(number, name, explanation, when, view -> {
            Version base = view.stored() == null ? null : view.stored().version();
            return new Decision.Write(base, draft.apply(view).as(view.nextWriteId()), purpose);
        });
    }

    /** Nothing to write; the record is read again in time, behind the watch. */
    private static Rule waits(int number, String name, String explanation, Predicate<View> when) {
        return new Rule(
                number, name, explanation, when, view -> pollsLater(view) ? Decision.REST : new Decision.ReadRecord());
    }

    private static boolean pollsLater(View view) {
        return view.before(view.state.book().confirmedMs() + pollMs(view));
    }

    private static long pollMs(View view) {
        return view.state.book().absent() || !view.hasRecord() ? SETTLE_MS : POLL_MS;
    }

    private static boolean absent(View view) {
        return !view.hasRecord() && view.state.book().absent();
    }

    private static boolean othersHaveData(View view) {
        return view.state.peers().values().stream()
                .anyMatch(peer -> peer.report() != null && peer.report().systemIdentifier() != null);
    }

    /** The first by name begins as soon as everybody who was heard of has no data; nobody waits for ever. */
    private static boolean gathers(View view) {
        if (!view.before(view.state.startedMs() + BOOTSTRAP_WAIT_MS)) {
            return false;
        }
        boolean first = view.state.peers().keySet().stream()
                .allMatch(name -> view.self().name().compareTo(name) < 0);
        return !first || view.before(view.state.startedMs() + SETTLE_MS);
    }

    private static ClusterRecord.Draft firstRecord(View view) {
        return new ClusterRecord(
                        view.self().cluster(),
                        null,
                        firstTerm(view),
                        heldByMe(view),
                        0,
                        view.tuning().leaseDurationMs(),
                        TakeoverRule.TTL,
                        List.of(new Voter(
                                view.state.voter().voter(), view.self().name())),
                        List.of(),
                        false,
                        null,
                        view.nextWriteId())
                .draft();
    }

    /** Above every branch of the data and everything this member promised: terms never repeat, whatever became of a record. */
    private static Term firstTerm(View view) {
        Term greatest = view.state.voter().promised();
        DataFacts data = view.state.data();
        if (data != null) {
            for (Term term : data.branches().values()) {
                greatest = term.compareTo(greatest) > 0 ? term : greatest;
            }
        }
        return greatest.next();
    }

    private static Holder heldByMe(View view) {
        return new Holder.Held(
                view.self().name(),
                Objects.requireNonNull(view.state.gate()).incarnation(),
                view.state.data() == null ? null : view.state.data().data());
    }

    private static @Nullable WalPosition endOf(View view) {
        Ending ending = Objects.requireNonNull(view.state.ending());
        return ending.end() != null ? ending.end() : view.state.lastPosition();
    }

    /** The branch that the first server writes, under the term its data was made in; null while it is not up. */
    private static @Nullable Branch firstBranch(View view) {
        ServerFacts server = view.state.server();
        DataFacts data = view.state.data();
        Term term = server == null || data == null ? null : data.branches().get(server.timeline());
        return server == null || term == null || !view.primaryUp()
                ? null
                : new Branch(term, server.timeline(), Lsn.ZERO);
    }

    /** The server knows where its WAL ends, on a timeline whose term is not written down or not in the history. */
    private static boolean strange(View view) {
        ServerFacts server = view.state.server();
        if (server == null || server.flushed() == null) {
            return false;
        }
        WalPosition position = view.position();
        return position == null || !Fitness.comparable(view, position);
    }

    /** Also a member that does not vote any more must be able to follow. */
    private static Term refused(View view) {
        Term greatest = Term.NONE;
        for (PeerState peer : view.state.peers().values()) {
            if (peer.connected() && peer.refused().compareTo(greatest) > 0) {
                greatest = peer.refused();
            }
        }
        return greatest;
    }

    /** So late that a write may just still be through before the permit ends. */
    private static boolean peerLeaseEnds(View view) {
        long settle = view.state.pulse().sinceMs() + 2 * view.tuning().heartbeatMs();
        long ends = view.peerLeaseMs(view.record());
        return !view.before(settle) && !view.before(ends - view.tuning().peerLeaseMs() * 45 / 100);
    }

    private static boolean peerLeaseLong(View view) {
        return view.peerLeaseMs(view.record()) > view.nowMs + view.tuning().peerLeaseMs() * 60 / 100;
    }

    private static boolean permitReachesLease(View view) {
        return view.state.permit().touched()
                && view.state.permit().deadlineMs()
                        >= view.storeLeaseMs() - view.tuning().marginMs() - 20;
    }

    private static boolean resumes(View view) {
        return view.paused() && view.asked(Command.Resume.class).isPresent();
    }

    private static boolean renewalDue(View view) {
        return !view.before(view.state.writes().ownSentMs() + view.record().leaseDurationMs() / 4);
    }

    private static ClusterRecord.Draft withStart(View view) {
        Map<Timeline, Lsn> starts = Objects.requireNonNull(view.state.server()).starts();
        List<Branch> history = view.record().history().stream()
                .map(branch -> branch.start() == null && starts.containsKey(branch.timeline())
                        ? new Branch(branch.term(), branch.timeline(), starts.get(branch.timeline()))
                        : branch)
                .toList();
        ClusterRecord.Draft draft = view.record().draft().history(history);
        return !view.quorum()
                        && view.record().voters().size() > 1
                        && peerLeaseLong(view)
                        && !view.retiring()
                        && view.gateAnswers()
                ? draft.takeover(TakeoverRule.QUORUM)
                : draft;
    }

    private static Optional<Command.Switchover> newSwitchover(View view) {
        return view.asked(Command.Switchover.class)
                .filter(asked -> !asked.begun())
                .map(asked -> (Command.Switchover) asked.command());
    }

    /** A voter that acknowledged nothing for so long that it no longer counts; never the last one beside the holder. */
    private static Optional<Voter> silent(View view) {
        if (view.record().voters().size() <= 2 || view.paused() || view.state.ending() != null) {
            return Optional.empty();
        }
        for (Voter voter : view.record().voters()) {
            if (!voter.id().equals(view.state.voter().voter()) && !view.before(silentFromMs(view, voter))) {
                return Optional.of(voter);
            }
        }
        return Optional.empty();
    }

    private static long silentFromMs(View view, Voter voter) {
        long heard = view.state.pulse().sinceMs();
        for (PeerState peer : view.state.peers().values()) {
            if (view.isPeer(peer, voter)) {
                heard = Math.max(heard, peer.ackMs());
            }
        }
        return heard + view.tuning().dropAfterMs();
    }

    /** A member that streams from this primary, on its branch, with a living agent, and does not vote. */
    private static Optional<Voter> unlisted(View view) {
        if (!view.primaryUp()
                || view.state.ending() != null
                || view.record().voters().size() >= ClusterRecord.MAX_VOTERS) {
            return Optional.empty();
        }
        return view.state.peers().values().stream()
                .filter(PeerState::connected)
                .filter(peer ->
                        !view.record().lists(peer.peer().voter(), peer.peer().name()))
                .filter(peer -> view.nowMs - peer.ackMs() <= view.tuning().peerLeaseMs() && peer.ackMs() >= 0)
                .filter(peer -> peer.report() != null
                        && peer.report().streaming()
                        && view.self().name().equals(peer.report().following()))
                .map(peer -> new Voter(peer.peer().voter(), peer.peer().name()))
                .findFirst();
    }

    private static List<Voter> without(View view, Voter gone) {
        return view.record().voters().stream()
                .filter(voter -> !voter.equals(gone))
                .toList();
    }

    private static List<Voter> with(View view, Voter added) {
        List<Voter> voters = new ArrayList<>(view.record().voters());
        voters.add(added);
        return voters;
    }

    private static boolean ownMember(View view) {
        return view.record().holder() instanceof Holder.Held held
                && held.member().equals(view.self().name());
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

    private static boolean unfit(View view) {
        return Fitness.obstacle(view) != null && !Takeover.obstacleOverridden(view)
                || !view.isListed() && !Takeover.overrides(view);
    }

    /** Term t+1 for this member, on a branch that leaves the one it is on. */
    static ClusterRecord.Draft takeover(View view, TakeoverRule rule) {
        List<Branch> history = new ArrayList<>(view.record().history());
        var position = Objects.requireNonNull(view.position());
        int mine = Lineage.indexOf(history, position.term(), position.timeline());
        List<Branch> ancestry = new ArrayList<>(history.subList(0, mine + 1));
        Term next = view.term().next();
        ancestry.add(new Branch(
                next,
                Objects.requireNonNull(
                        Objects.requireNonNull(view.state.server()).nextTimeline()),
                null));
        List<Voter> voters = view.isListed()
                ? view.record().voters()
                : with(view, new Voter(view.state.voter().voter(), view.self().name()));
        return view.record()
                .draft()
                .term(next)
                .holder(heldByMe(view))
                .takeover(rule)
                .voters(voters)
                .history(ancestry)
                .switchover(null);
    }
}
