package io.pgmahout.agent.ha;

import io.pgmahout.agent.ha.Writes.Pending;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.EventCode;
import java.util.Map;
import java.util.Objects;

/** Turns decisions into effects and remembers what is under way. */
final class Decisions {

    private Decisions() {}

    static void apply(Turn turn, Decision decision) {
        switch (decision) {
            case Decision.Rest rest -> {}
            case Decision.Act act -> act(turn, act.action());
            case Decision.Write write -> prepare(turn, write);
            case Decision.ReadRecord read -> {
                long id = turn.nextId();
                turn.book = turn.book.reading(id, turn.nowMs);
                turn.effect(new Effect.ReadRecord(id));
            }
            case Decision.Withdraw withdraw -> withdraw(turn);
            case Decision.AskPromises ask -> {
                turn.promises = turn.promises.asking(turn.nowMs);
                turn.broadcast(new Message.PromiseRequest(turn.view().term()));
            }
            case Decision.Exit exit -> exit(turn, exit);
        }
    }

    private static void act(Turn turn, ServerAction action) {
        long id = turn.nextId();
        turn.doing = new Doing(id, action, turn.nowMs);
        switch (action) {
            case ServerAction.Kill kill -> Notices.fenced(turn);
            case ServerAction.Clone clone ->
                turn.log(
                        EventCode.CLONE_STARTED, Map.of("source", clone.source().toString()));
            case ServerAction.Rewind rewind ->
                turn.log(
                        EventCode.REWIND_STARTED,
                        Map.of("source", rewind.source().toString()));
            case ServerAction.FindEnd find -> {
                if (turn.ending == null && turn.view().leads()) {
                    turn.ending = Ending.of(turn);
                }
            }
            case ServerAction.SecureWal secure ->
                turn.ending = Objects.requireNonNull(turn.ending).passing(new Passing(secure.to()));
            case ServerAction.Restart restart ->
                turn.view().asked(Command.Restart.class).ifPresent(turn::begun);
            default -> {}
        }
        turn.effect(new Effect.Act(id, action));
    }

    /**
     * A write that changes takeover, voters or holder may be stricter than the record it replaces: it is sent only
     * once the gate holds no permit beyond the stricter of the two (A1).
     */
    private static void prepare(Turn turn, Decision.Write write) {
        turn.nextId();
        Pending pending =
                new Pending(write.record().writeId(), write.base(), write.record(), write.purpose(), turn.nowMs, 0);
        View view = turn.view();
        turn.writes = turn.writes.prepare(pending);
        if (!view.leads() || !mayBeStricter(view.record(), write.record())) {
            send(turn, pending);
            return;
        }
        Permits.tell(turn);
        sendIfConfirmed(turn);
    }

    private static boolean mayBeStricter(ClusterRecord now, ClusterRecord next) {
        return now.takeover() != next.takeover()
                || !now.voters().equals(next.voters())
                || !now.holder().equals(next.holder());
    }

    /** Sends what waits for the gate, once the gate has the shorter permit. */
    static void sendIfConfirmed(Turn turn) {
        Pending prepared = turn.writes.prepared();
        if (prepared != null && Permits.inForce(turn)) {
            send(turn, prepared);
        }
    }

    /** The clock is the one of this step, read before anything is sent: the store lease counts from it. */
    private static void send(Turn turn, Pending pending) {
        turn.writes = turn.writes.send(pending.sent(turn.nowMs));
        turn.effect(new Effect.CompareAndSet(pending.base(), pending.record()));
    }

    /** From here on no heartbeat up to this term is acknowledged, whatever becomes of the withdrawal. */
    private static void withdraw(Turn turn) {
        long id = turn.nextId();
        turn.voter = turn.voter.promises(turn.view().term());
        turn.promises = turn.promises.withdrawing(id);
        turn.effect(new Effect.Withdraw(id));
    }

    private static void exit(Turn turn, Decision.Exit exit) {
        for (Asked asked : turn.asked()) {
            if (asked.command() instanceof Command.Retire) {
                turn.answer(asked, Outcome.DONE, exit.reason());
            }
        }
        turn.effect(new Effect.Exit(exit.reason()));
    }
}
