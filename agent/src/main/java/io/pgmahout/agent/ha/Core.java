package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The core's functions. Pure: the same arguments give the same answer. */
public final class Core {

    /** The core looks around at least this often. */
    private static final long IDLE_MS = 1_000;

    /** A write that waits longer for the gate is dropped: a hung gate must not cost the store lease (A13). */
    private static final long CONFIRM_MS = 500;

    private Core() {}

    /**
     * The state of an agent that has just started.
     *
     * @param voter what the voter file says, or a new voter's
     */
    public static AgentState start(Self self, Tuning tuning, VoterFile voter, Now now) {
        return new AgentState(
                self,
                tuning,
                now.ms(),
                0,
                voter,
                voter,
                RecordBook.EMPTY,
                Writes.NONE,
                PermitGiven.NONE,
                null,
                null,
                0,
                -1,
                null,
                -1,
                null,
                null,
                null,
                null,
                null,
                false,
                Failures.NONE,
                MemberLease.atStart(now.ms(), voter, tuning),
                Pulse.first(now.ms(), tuning.peerLeaseMs()),
                SecondLook.NONE,
                Promises.NONE,
                new TreeMap<>(),
                List.of(),
                Told.NOTHING,
                List.of(),
                now.ms());
    }

    /** What one event leads to. */
    public static Step step(AgentState state, Event event, Now now) {
        Turn turn = new Turn(state, now);
        absorb(turn, event);
        settleTime(turn);
        decide(turn, Verdict.Question.SERVER, ServerRules.TABLE);
        decide(turn, Verdict.Question.RECORD, RecordRules.TABLE);
        decide(turn, Verdict.Question.PROMISE, PromiseRules.TABLE);
        Duties.perform(turn);
        Permits.tell(turn);
        Decisions.sendIfConfirmed(turn);
        turn.wakeAt(turn.nowMs + IDLE_MS);
        AgentState next = turn.state();
        return new Step(next, List.copyOf(turn.effects), Math.max(turn.nowMs + 1, turn.wakeUpMs()));
    }

    private static void absorb(Turn turn, Event event) {
        switch (event) {
            case Event.Tick tick -> {}
            case Event.Received received -> GossipEvents.received(turn, received);
            case Event.Connected connected -> GossipEvents.connected(turn, connected);
            case Event.Disconnected disconnected -> GossipEvents.disconnected(turn, disconnected);
            case Event.RecordRead read -> RecordEvents.read(turn, read);
            case Event.RecordSeen seen -> RecordEvents.seen(turn, seen.stored());
            case Event.WriteEnded ended -> RecordEvents.writeEnded(turn, ended);
            case Event.GateReported reported -> ServerEvents.gate(turn, reported.gate());
            case Event.Probed probed -> ServerEvents.probed(turn, probed.server(), probed.askedMs());
            case Event.ProbeFailed failed -> ServerEvents.probeFailed(turn, failed);
            case Event.ActionEnded ended -> ServerEvents.actionEnded(turn, ended);
            case Event.Withdrawn withdrawn -> GossipEvents.withdrawn(turn, withdrawn);
            case Event.Persisted persisted -> GossipEvents.persisted(turn, persisted);
            case Event.Looked looked -> turn.look = new SecondLook(turn.look.nextMs(), looked.answered(), turn.nowMs);
            case Event.Reconfigured changed -> turn.reconfigure(changed);
            case Event.Commanded commanded -> CommandEvents.commanded(turn, commanded.command());
        }
    }

    /** What the passing of time, or the meeting of conditions, has changed by itself. */
    private static void settleTime(Turn turn) {
        Writes.Pending prepared = turn.writes.prepared();
        if (prepared != null && turn.nowMs - prepared.sentMs() > CONFIRM_MS) {
            turn.writes = turn.writes.dropPrepared();
        } else {
            Decisions.sendIfConfirmed(turn);
        }
        View view = turn.view();
        if (view.hasRecord() && turn.promises.quorumMs() < 0 && Takeover.quorum(view)) {
            turn.promises = turn.promises.quorumSince(turn.nowMs);
        }
    }

    private static void decide(Turn turn, Verdict.Question question, List<Rule> table) {
        View view = turn.view();
        for (Rule rule : table) {
            if (rule.when().test(view)) {
                if (!RecordRules.ROUTINE.contains(rule.number())) {
                    note(turn, question, rule);
                }
                Decisions.apply(turn, rule.then().apply(view));
                break;
            }
        }
        turn.wakeAt(view.wakeUpMs());
    }

    /** A change of rule is an event; a rule that goes on firing is none. */
    private static void note(Turn turn, Verdict.Question question, Rule rule) {
        Verdict before = verdict(turn, question);
        if (before != null && before.rule() == rule.number()) {
            return;
        }
        Verdict now = row(question, rule);
        List<Verdict> all = new ArrayList<>(turn.verdicts);
        all.remove(before);
        all.add(now);
        all.sort(Comparator.comparing(Verdict::question));
        turn.verdicts = List.copyOf(all);
        Notices.ruleChanged(turn, before, now);
    }

    private static @Nullable Verdict verdict(Turn turn, Verdict.Question question) {
        for (Verdict verdict : turn.verdicts) {
            if (verdict.question() == question) {
                return verdict;
            }
        }
        return null;
    }

    /** What the member knows, for people. */
    public static Insight insight(AgentState state, Now now) {
        View view = new View(state, now);
        Map<MemberName, MemberReport> members = new HashMap<>();
        Map<MemberName, String> obstacles = new HashMap<>();
        List<MemberReport> reports = new ArrayList<>();
        reports.add(Reports.of(view));
        for (PeerState peer : state.peers().values()) {
            if (peer.report() != null) {
                reports.add(peer.report());
                if (!peer.connected()) {
                    obstacles.put(peer.peer().name(), "it does not answer");
                }
            }
        }
        for (MemberReport report : reports) {
            members.put(report.name(), report);
            if (report.obstacle() != null) {
                obstacles.putIfAbsent(report.name(), report.obstacle());
            }
        }
        Set<MemberName> connected = state.peers().values().stream()
                .filter(PeerState::connected)
                .map(peer -> peer.peer().name())
                .collect(Collectors.toSet());
        return new Insight(
                state.self(),
                state.book().known(),
                state.book().confirmedMs() < 0 ? -1 : now.ms() - state.book().confirmedMs(),
                members,
                connected,
                verdicts(view),
                obstacles,
                Reports.permitMs(view),
                state.pulse().leaseMs(),
                state.doing() == null ? null : state.doing().action());
    }

    private static List<Verdict> verdicts(View view) {
        Map<String, String> inputs = Inputs.of(view);
        return view.state.verdicts().stream()
                .map(one -> new Verdict(one.question(), one.rule(), one.name(), one.explanation(), inputs))
                .toList();
    }

    /** The greatest term a member has seen, or none. */
    public static Term term(AgentState state) {
        return state.book().known() == null
                ? Term.NONE
                : state.book().known().record().term();
    }

    /** The decision table, for documentation: number, name, question, explanation. */
    public static List<Verdict> rules() {
        List<Verdict> rules = new ArrayList<>();
        ServerRules.TABLE.forEach(rule -> rules.add(row(Verdict.Question.SERVER, rule)));
        RecordRules.TABLE.forEach(rule -> rules.add(row(Verdict.Question.RECORD, rule)));
        PromiseRules.TABLE.forEach(rule -> rules.add(row(Verdict.Question.PROMISE, rule)));
        return rules;
    }

    private static Verdict row(Verdict.Question question, Rule rule) {
        return new Verdict(question, rule.number(), rule.name(), rule.explanation(), Map.of());
    }
}
