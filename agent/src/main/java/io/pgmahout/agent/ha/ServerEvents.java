package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.WalPosition;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the gate, the probes and the ends of actions mean for the state. */
final class ServerEvents {

    /** Of what a standby told longer before a new term it is not known whether this agent, or its machine, slept since. */
    private static final long LATELY_MS = 1_000;

    private ServerEvents() {}

    /** A term is new: a standby may have received WAL past the fork while this agent slept. */
    static void termChanged(Turn turn) {
        View view = turn.view();
        if (view.recovering() && !view.isHolder() && turn.nowMs - turn.probedMs > LATELY_MS) {
            turn.server = null;
            turn.effect(new Effect.ProbeNow());
        }
    }

    static void gate(Turn turn, GateFacts gate) {
        GateFacts before = turn.gate;
        boolean anotherGate = before != null && !before.incarnation().equals(gate.incarnation());
        turn.gate = gate;
        if (endedPermit(turn, gate)) {
            turn.permit = turn.permit.ended();
        }
        if (anotherGate) {
            turn.permit = PermitGiven.NONE;
            turn.writes = new Writes(null, turn.writes.inFlight(), turn.writes.unknown(), -1);
            turn.data = null;
            turn.refusedMs = -1;
            turn.ending = null;
            turn.failures = turn.failures.anotherGate();
        }
        if (!gate.gone()) {
            turn.rest = null;
        }
        if (turn.server != null && (turn.server.launch() != gate.launch() || gate.gone())) {
            turn.server = null;
        }
        if (gate.process() == GateFacts.Processes.FROZEN
                && (before == null || before.process() != GateFacts.Processes.FROZEN)
                && (gate.permitMs() > 0 || turn.view().leads())) {
            // One that never had a permit was promoted by hand: that is told when it is killed.
            turn.log(EventCode.PERMIT_LAPSED, Map.of("launch", Long.toString(gate.launch())));
        }
        if (gate.terminating() && (before == null || !before.terminating())) {
            turn.log(EventCode.GATE_TERMINATING, Map.of());
        }
        boolean ended = gate.gone() && before != null && !anotherGate && !before.gone();
        if (ended) {
            ended(turn, gate);
        }
        if (turn.ending != null && !gate.gone() && gate.launch() > turn.ending.launch()) {
            turn.ending = null;
            keepTerm(turn, gate);
        }
    }

    /** A server that ended by itself used its permit up, and none is on its way that the gate has not read. */
    private static boolean endedPermit(Turn turn, GateFacts gate) {
        return gate.gone() && gate.permitMs() == 0 && turn.permit.touched() && gate.seq() >= turn.permit.seq();
    }

    /** A start that was given up came through after all: where it ends is not where the server before it ended. */
    private static void keepTerm(Turn turn, GateFacts gate) {
        Writes.Pending prepared = turn.writes.prepared();
        if (prepared != null
                && turn.view().leads()
                && !prepared.record().holder().isHeldBy(turn.view().self().name(), gate.incarnation())) {
            turn.writes = turn.writes.dropPrepared();
        }
    }

    private static void ended(Turn turn, GateFacts gate) {
        turn.log(
                EventCode.SERVER_ENDED,
                Map.of("exit", String.valueOf(gate.exit()), "launch", Long.toString(gate.launch())));
        boolean restarting = turn.doing != null
                && (turn.doing.action() instanceof ServerAction.Restart
                        || turn.doing.action() instanceof ServerAction.StartPrimary);
        boolean wrote = gate.startedAsPrimary() || turn.lastPosition != null && promotedHere(turn);
        if (turn.view().leads() && turn.view().identified() && wrote && !restarting) {
            turn.ending = Ending.of(turn);
        } else {
            // A standby, or a promotion, that was cut off: what the files say now decides how it is started.
            turn.data = null;
        }
    }

    /** Whether this member's promotion in the present term is done: before that its server never wrote. */
    private static boolean promotedHere(Turn turn) {
        View view = turn.view();
        WalPosition last = turn.lastPosition;
        var branch = view.hasRecord() ? view.branchToMake() : null;
        return last != null && branch != null && branch.same(last.term(), last.timeline());
    }

    static void probed(Turn turn, ServerFacts server, long askedMs) {
        if (turn.gate == null || turn.gate.gone() || turn.gate.launch() != server.launch()) {
            return;
        }
        if (server.recovering() && askedMs < turn.book.heldMs() && turn.nowMs - askedMs > LATELY_MS) {
            turn.effect(new Effect.ProbeNow());
            return;
        }
        if (overtaken(turn.server, server)) {
            return;
        }
        boolean first = turn.server == null;
        turn.server = server;
        turn.probedMs = askedMs;
        if (first) {
            turn.log(
                    EventCode.SERVER_STARTED,
                    Map.of(
                            "recovering",
                            Boolean.toString(server.recovering()),
                            "timeline",
                            server.timeline().toString()));
        }
        turn.failures = turn.failures.runs();
        WalPosition position = turn.view().position();
        if (position != null) {
            turn.lastPosition = position;
        }
        if (server.sourceProblem() != null && !turn.failures.walGone() && server.recovering()) {
            turn.failures = turn.failures.walIsGone();
            turn.log(EventCode.ACTION_FAILED, Map.of("action", "stream", "detail", server.sourceProblem()));
        }
    }

    /** A server that has left recovery does not go back to it: the answer is older than what is known. */
    private static boolean overtaken(@Nullable ServerFacts known, ServerFacts server) {
        return known != null && known.launch() == server.launch() && !known.recovering() && server.recovering();
    }

    /**
     * A primary that does not answer may have ended: the others are asked what they hold before the gate tells, since what
     * they answer then is mostly all there was to receive.
     */
    static void probeFailed(Turn turn, Event.ProbeFailed event) {
        if (turn.server != null && turn.server.launch() == event.launch()) {
            if (turn.view().leads() && turn.view().primaryUp()) {
                turn.broadcast(new Message.ReportRequest());
            }
            turn.server = null;
        }
    }

    static void actionEnded(Turn turn, Event.ActionEnded event) {
        Doing doing = turn.doing;
        if (doing == null || doing.id() != event.id()) {
            return;
        }
        turn.doing = null;
        if (event.data() != null) {
            boolean changed =
                    turn.data == null || turn.data.content() != event.data().content();
            turn.data = event.data();
            turn.lookedMs = turn.nowMs;
            if (!event.data().mayChange()) {
                turn.refusedMs = -1;
            } else if (changed || turn.refusedMs < 0) {
                turn.refusedMs = turn.nowMs;
            }
        }
        Notices.hidden(turn);
        ServerAction action = doing.action();
        boolean done = event.outcome() == Outcome.DONE;
        turn.failures = turn.failures.after(action, event.outcome(), turn.nowMs);
        log(turn, doing, event);
        if (action instanceof ServerAction.StartPrimary && event.outcome() == Outcome.FAILED) {
            startFailed(turn);
        } else if (action instanceof ServerAction.Promote && !done) {
            promotionFailed(turn);
        } else if (action instanceof ServerAction.FindEnd && turn.ending != null) {
            turn.ending = turn.ending.found(event.position(), turn.nowMs);
        } else if (action instanceof ServerAction.FindEnd && turn.data != null) {
            turn.rest = Rest.after(turn.rest, turn.data.data(), event.position());
            turn.failures = event.position() == null ? turn.failures.pause(turn.nowMs) : turn.failures;
        } else if (action instanceof ServerAction.SecureWal) {
            Salvage.secured(turn, event);
        } else if (action instanceof ServerAction.TakeWal take) {
            Salvage.ended(turn, doing, take, event);
        } else if (action instanceof ServerAction.Forget) {
            turn.told = turn.told.asideStays(!done);
        } else if (done) {
            done(turn, action);
        }
        answer(turn, action, event, done);
    }

    /** What the server wrote before it failed, if it did, is part of what a successor must have. */
    private static void startFailed(Turn turn) {
        if (turn.gate != null
                && turn.gate.gone()
                && turn.view().leads()
                && turn.view().identified()) {
            turn.ending = Ending.of(turn);
        }
    }

    private static void done(Turn turn, ServerAction action) {
        if (action instanceof ServerAction.Furnish) {
            turn.furnished = true;
        } else if (action instanceof ServerAction.Promote promote && turn.server != null && turn.server.recovering()) {
            turn.server = turn.server.promoted(promote.timeline());
        } else if (action instanceof ServerAction.Follow follow) {
            turn.told = turn.told.pointedAt(follow.source());
            turn.server = turn.server == null
                    ? null
                    : turn.server.pointedAt(follow.source().member());
        } else if (action instanceof ServerAction.Detach) {
            turn.told = turn.told.pointedAt(null);
        } else if (action instanceof ServerAction.StartStandby start) {
            turn.told = turn.told.pointedAt(start.source());
        } else if (action instanceof ServerAction.Clone) {
            turn.told = turn.told.asideStays(false).pointedAt(null);
            turn.lastPosition = null;
        } else if (action instanceof ServerAction.Rewind) {
            turn.lastPosition = null;
        }
    }

    private static void answer(Turn turn, ServerAction action, Event.ActionEnded event, boolean done) {
        for (Asked asked : turn.asked()) {
            boolean answered = switch (asked.command()) {
                case Command.Restart restart -> action instanceof ServerAction.Restart;
                case Command.Reinitialize again -> action instanceof ServerAction.Clone;
                default -> false;
            };
            if (answered) {
                turn.answer(asked, done ? Outcome.DONE : Outcome.FAILED, done ? "done" : event.detail());
            }
        }
    }

    /** The promotion may still be under way: what was probed before says nothing. */
    private static void promotionFailed(Turn turn) {
        turn.server = null;
        turn.effect(new Effect.ProbeNow());
    }

    private static void log(Turn turn, Doing doing, Event.ActionEnded event) {
        String name = doing.action().getClass().getSimpleName();
        Map<String, String> fields = new HashMap<>();
        fields.put("action", name);
        fields.put("tookMs", Long.toString(turn.nowMs - doing.sinceMs()));
        if (!event.detail().isEmpty()) {
            fields.put("detail", event.detail());
        }
        boolean done = event.outcome() == Outcome.DONE;
        if (doing.action() instanceof ServerAction.Promote) {
            turn.log(done ? EventCode.PROMOTED : EventCode.PROMOTION_FAILED, fields);
        } else if (!done) {
            turn.log(EventCode.ACTION_FAILED, fields);
        } else if (doing.action() instanceof ServerAction.Clone) {
            turn.log(EventCode.CLONE_ENDED, fields);
        } else if (doing.action() instanceof ServerAction.Rewind) {
            turn.log(EventCode.REWIND_ENDED, fields);
        }
    }
}
