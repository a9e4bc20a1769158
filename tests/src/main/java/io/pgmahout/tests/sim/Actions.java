package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What an agent has done to its server and its data directory: takes its time, may fail, ends once. */
final class Actions {
    private static final long WAIT_US = 20_000_000;
    private static final long POLL_US = 15_000;
    private final Machine machine;
    private final World world;
    private final SimServer server;
    private final DataDirectory disk;
    /** The action under way, or null. What an ended one still wanted to do is dropped. */
    private @Nullable Running current;
    /** What goes wrong in the middle of the next taking of WAL, which stalls then or is cut off; null for nothing. */
    private @Nullable Runnable cutOff;

    /** One action under way. */
    private static final class Running {
        final Effect.Act act;
        final boolean failsLate;

        Running(Effect.Act act, boolean failsLate) {
            this.act = act;
            this.failsLate = failsLate;
        }
    }

    Actions(Machine machine) {
        this.machine = machine;
        world = machine.world;
        server = machine.server;
        disk = machine.disk;
    }

    /** The agent that waited is gone: what was given to the gate or to the server goes on, the rest stays half done. */
    void abandon() {
        current = null;
    }

    void cutTakingOff(@Nullable Runnable then) {
        cutOff = then;
    }

    void begin(Effect.Act wanted) {
        ServerAction action = wanted.action();
        String kind = action.getClass().getSimpleName();
        boolean kill = action instanceof ServerAction.Kill;
        if (current != null && kill) {
            end(current, Outcome.FAILED, "killed", null);
        } else if (current != null) {
            throw new Violation("one action", machine + " begins " + wanted + " beside " + current.act);
        }
        boolean fails = !kill && world.faulty() && world.dice.chance(world.climate.actionFailure());
        // Some fail before they did anything, some after all was done.
        boolean failsLate = fails && world.dice.chance(0.5);
        Running act = new Running(wanted, failsLate);
        current = act;
        world.tally.count("action " + kind);
        if (fails && action instanceof ServerAction.StartPrimary && world.dice.chance(0.3)) {
            unheard(act);
        } else if (fails && !failsLate) {
            after(act, ms(5, 500), () -> end(act, Outcome.FAILED, "drawn", null));
        } else if (needsRemoval(action)) {
            remove(act, () -> begin(act, action));
        } else {
            begin(act, action);
        }
    }

    private void begin(Running act, ServerAction action) {
        switch (action) {
            case ServerAction.Inspect inspect -> after(act, ms(2, 60), () -> remove(act, () -> done(act)));
            case ServerAction.Initialize initialize -> initialize(act, initialize.data(), initialize.term());
            case ServerAction.Adopt adopt ->
                after(act, ms(10, 200), () -> {
                    disk.data = adopt.data();
                    disk.branches.put(disk.tip().wal().timeline, adopt.term());
                    done(act);
                });
            case ServerAction.StartPrimary start -> startPrimary(act);
            case ServerAction.Furnish furnish ->
                after(
                        act,
                        ms(50, 300),
                        () -> await(act, () -> server.answers() && !server.recovering(), server::exists));
            case ServerAction.StartStandby start -> startStandby(act, start.source(), start.branches());
            case ServerAction.Stop stop -> {
                server.stop(stop.fast(), stop.limitMs() * 1_000);
                await(act, () -> !server.exists(), () -> true);
            }
            case ServerAction.Kill kill -> {
                server.kill("signal:9", ms(5, 60));
                await(act, () -> !server.exists(), () -> true);
            }
            case ServerAction.Promote promote -> promote(act, promote.timeline(), promote.term());
            case ServerAction.Follow follow -> follow(act, follow.source(), follow.branches());
            case ServerAction.Detach detach -> detach(act, () -> done(act));
            case ServerAction.Rewind rewind -> rewind(act, rewind.source(), rewind.data(), rewind.branches());
            case ServerAction.Clone clone -> copy(act, clone);
            case ServerAction.Forget forget ->
                after(act, ms(2, 50), () -> {
                    disk.keptAside = false;
                    done(act);
                });
            case ServerAction.FindEnd find ->
                after(act, ms(10, 120), () -> {
                    boolean found = !server.exists() && complete() && !disk.broken;
                    end(act, found ? Outcome.DONE : Outcome.FAILED, "", found ? machine.position() : null);
                });
            case ServerAction.SecureWal secure ->
                after(act, ms(1, 60), () -> {
                    boolean there = !server.exists() && complete() && !disk.broken;
                    if (there && world.mutation != Mutation.WAL_NOT_SECURED) {
                        disk.secure();
                    }
                    end(act, there ? Outcome.DONE : Outcome.FAILED, there ? "" : "not there", null);
                });
            case ServerAction.TakeWal take -> takeWal(act, take);
            case ServerAction.Restart restart -> restart(act);
        }
    }

    private void initialize(Running act, DataId data, Term term) {
        DataFacts.Content content = machine.facts().content();
        if (server.exists() || content != DataFacts.Content.EMPTY && content != DataFacts.Content.TORN) {
            refuse(act, Outcome.REFUSED, "not empty");
            return;
        }
        disk.content = DataFacts.Content.TORN;
        after(act, ms(300, 1_500), () -> {
            world.makeCluster(disk);
            disk.data = data;
            disk.branches.clear();
            disk.branches.put(1, term);
            done(act);
        });
    }

    private void startPrimary(Running act) {
        if (server.exists() || !complete() || disk.standbySignal || !machine.gate.permits()) {
            boolean permit = machine.gate.permits();
            refuse(act, permit ? Outcome.FAILED : Outcome.REFUSED, "by the gate");
            return;
        }
        server.start(true);
        await(act, () -> server.answers() && !server.recovering(), server::exists);
    }

    /** The gate is busy for longer than the agent waits for it, and comes to the start after all. */
    private void unheard(Running act) {
        machine.gate.stall(ms(5_000, 9_000), () -> {
            if (!server.exists() && complete() && !disk.standbySignal && machine.gate.permits()) {
                world.tally.count("start that nothing was heard of");
                server.start(true);
            }
        });
        after(act, 5_000_000, () -> end(act, Outcome.UNKNOWN, "the gate did not take it", null));
    }

    private void startStandby(Running act, @Nullable Source source, List<Branch> branches) {
        if (server.exists() || !complete()) {
            refuse(act, Outcome.REFUSED, "by the gate");
            return;
        }
        if (machine.contradicts(branches)) {
            refuse(act, Outcome.REFUSED, "its timeline is of another term");
            return;
        }
        disk.note(branches);
        disk.standbySignal = true;
        disk.source = source;
        server.start(false);
        await(act, server::answers, server::exists);
    }

    private void promote(Running act, Timeline timeline, Term term) {
        if (!server.answers() || !server.recovering()) {
            refuse(act, Outcome.FAILED, "not a standby");
            return;
        }
        if (disk.nextTimeline() != timeline.id()) {
            refuse(act, Outcome.REFUSED, "it would make timeline " + disk.nextTimeline());
            return;
        }
        disk.branches.put(timeline.id(), term);
        server.promote();
        await(
                act,
                () -> {
                    if (server.answers() && !server.recovering() && disk.tip().wal().timeline != timeline.id()) {
                        end(act, Outcome.REFUSED, "it made another timeline", null);
                    }
                    return server.answers() && !server.recovering();
                },
                server::exists);
    }

    private void follow(Running act, Source source, List<Branch> branches) {
        if (!server.exists() || !server.recovering()) {
            refuse(act, Outcome.FAILED, "not a standby");
            return;
        }
        long asOf = machine.withdrawals.begun();
        detach(act, () -> {
            if (asOf < machine.withdrawals.begun()) {
                end(act, Outcome.REFUSED, "receiving was stopped meanwhile", null);
                return;
            }
            if (!complete()) {
                end(act, Outcome.FAILED, "its data is gone", null);
                return;
            }
            if (machine.contradicts(branches)) {
                end(act, Outcome.REFUSED, "its timeline is of another term", null);
                return;
            }
            disk.note(branches);
            disk.source = source;
            server.after(ms(1, 20), server.receiver::reloaded);
            after(act, ms(5, 60), () -> {
                machine.agent.probeSoon();
                done(act);
            });
        });
    }

    private void detach(Running act, Runnable then) {
        disk.source = null;
        server.after(ms(1, 20), server.receiver::reloaded);
        awaitThen(act, () -> !server.receiver.streaming(), server::exists, then);
    }

    private void rewind(Running act, Source source, DataId data, List<Branch> branches) {
        Machine from = reachable(source);
        if (server.exists() || !complete() || disk.broken || from == null) {
            refuse(act, Outcome.FAILED, "no connection to the source, or no clean stop");
            return;
        }
        if (world.mutation == Mutation.REWIND_DOES_NOTHING
                || disk.tip().wal().timeline == from.disk.tip().wal().timeline) {
            // As pg_rewind judges: source and target are on the same timeline, no rewind required.
            after(act, ms(30, 200), () -> {
                disk.data = data;
                disk.note(branches);
                done(act);
            });
            return;
        }
        world.invariants.replaced(machine);
        disk.content = DataFacts.Content.TORN;
        transfer(act, from, ms(200, 1_500), data, branches);
    }

    private void copy(Running act, ServerAction.Clone clone) {
        Machine from = reachable(clone.source());
        if (server.exists() || from == null) {
            refuse(act, Outcome.FAILED, "no connection to the source");
            return;
        }
        if (!machine.facts().isSameContent(clone.replaces())) {
            refuse(act, Outcome.REFUSED, "not what it was");
            return;
        }
        world.invariants.replaced(machine);
        machine.reinitAsked = false;
        disk.giveUpVolume();
        disk.keptAside |= disk.complete() || disk.content == DataFacts.Content.TORN;
        disk.content = DataFacts.Content.TORN;
        transfer(act, from, ms(300, 2_500), clone.data(), clone.branches());
    }

    private void transfer(Running act, Machine from, long us, DataId data, List<Branch> branches) {
        long launch = from.server.launch();
        after(act, us, () -> {
            if (from.server.launch() == launch && from.server.answers() && world.network.open(machine, from, true)) {
                disk.copy(from.disk, data, branches);
                disk.standbySignal = true;
                done(act);
            } else {
                end(act, Outcome.FAILED, "the source went away", null);
            }
        });
    }

    private @Nullable Machine reachable(Source source) {
        Machine from = world.machine(source.member());
        if (from == null || from == machine || !from.server.answers()) {
            return null;
        }
        return world.network.open(machine, from, true) ? from : null;
    }

    /**
     * Pieces are gathered aside, then copied, the first one last: what is cut off in between leaves what recovery would
     * replay once something else fills the gap. What it replays is what continues its own log.
     */
    private void takeWal(Running act, ServerAction.TakeWal take) {
        Machine from = world.machine(take.source());
        if (!server.answers() || !server.recovering() || from == null) {
            refuse(act, Outcome.FAILED, "not a standby");
            return;
        }
        long asOf = machine.withdrawals.begun();
        disk.source = null;
        server.after(ms(1, 20), server.receiver::reloaded);
        after(act, ms(2, 150), () -> {
            Wal.Tip end = secured(from, take);
            if (end == null) {
                after(act, ms(100, 1_000), () -> end(act, Outcome.FAILED, "the source has not got it", null));
            } else {
                boolean struck = world.dice.chance(0.5) && isStruck();
                boolean stalls = struck || world.dice.chance(0.1) || world.mutation == Mutation.WAL_TAKEN_AFTER_PROMISE;
                after(act, stalls ? ms(500, 2_500) : ms(1, 100), () -> write(act, end, asOf));
            }
        });
    }

    /** What the source's agent gives of its stopped server's log, or null. */
    private Wal.@Nullable Tip secured(Machine from, ServerAction.TakeWal take) {
        boolean heard = world.network.open(machine, from, true)
                && from.agent.listens()
                && !from.server.exists()
                && from.disk.complete()
                && from.disk.flushed != null;
        Wal wal = heard ? from.disk.tip().wal().ofTimeline(take.end().timeline().id()) : null;
        Wal.Tip end = wal == null ? null : new Wal.Tip(wal, take.end().lsn().value());
        return end != null && from.disk.readable().contains(end) ? end : null;
    }

    private void write(Running act, Wal.Tip end, long asOf) {
        if (promisedSince(asOf)) {
            end(act, Outcome.REFUSED, "receiving was stopped meanwhile", null);
            return;
        }
        if (!server.answers() || !server.recovering()) {
            end(act, Outcome.FAILED, "the server ended", null);
            return;
        }
        Wal.Tip own = disk.tip();
        if (!end.contains(own)) {
            boolean more = own.contains(end);
            end(act, more ? Outcome.DONE : Outcome.FAILED, more ? "" : "recovery does not get there", null);
            return;
        }
        if (end.lsn() > own.lsn()) {
            disk.copied(end);
        }
        boolean struck = isStruck();
        if (world.faulty() && world.dice.chance(struck ? 0.5 : 0.15)) {
            world.tally.count("taking of WAL cut off");
            machine.agent.crash();
            return;
        }
        after(act, struck ? ms(500, 3_000) : ms(0.5, 30), () -> writeFirst(act, end, asOf));
    }

    private boolean isStruck() {
        Runnable wrong = cutOff;
        cutOff = null;
        if (wrong == null || !world.faulty()) {
            return false;
        }
        wrong.run();
        return true;
    }

    private boolean promisedSince(long asOf) {
        return asOf < machine.withdrawals.begun() && world.mutation != Mutation.WAL_TAKEN_AFTER_PROMISE;
    }

    private void writeFirst(Running act, Wal.Tip end, long asOf) {
        boolean withdrawn = promisedSince(asOf);
        if (withdrawn || !server.answers() || !server.recovering()) {
            remove(
                    act,
                    () -> end(
                            act,
                            withdrawn ? Outcome.REFUSED : Outcome.FAILED,
                            withdrawn ? "receiving was stopped meanwhile" : "the server ended",
                            null));
            return;
        }
        Wal.Tip own = disk.tip();
        boolean inPart = world.mutation == Mutation.WAL_TAKEN_IN_PART;
        long reached = inPart ? own.lsn() + (end.lsn() - own.lsn()) / 2 : end.lsn();
        if (world.mutation != Mutation.WAL_MISPLACED && reached > own.lsn()) {
            world.invariants.receiving(machine);
            disk.flushed = new Wal.Tip(end.wal(), reached).canonical();
            world.tally.count("WAL taken from a server that ended");
        }
        disk.remains = null;
        done(act);
    }

    /** What a taking that was cut off left goes, with the server stopped. */
    private void remove(Running act, Runnable then) {
        if (!machine.positionInDoubt()) {
            then.run();
            return;
        }
        server.stop(true, WAIT_US);
        awaitThen(act, () -> !server.exists(), () -> true, () -> {
            world.tally.count("what a taking left removed");
            disk.remains = null;
            then.run();
        });
    }

    /** What must not begin beside that: it starts the server, connects or promotes it, or reads its log. */
    private static boolean needsRemoval(ServerAction action) {
        return action instanceof ServerAction.StartPrimary
                || action instanceof ServerAction.StartStandby
                || action instanceof ServerAction.Promote
                || action instanceof ServerAction.Follow
                || action instanceof ServerAction.Rewind
                || action instanceof ServerAction.FindEnd
                || action instanceof ServerAction.SecureWal
                || action instanceof ServerAction.TakeWal
                || action instanceof ServerAction.Restart;
    }

    private void restart(Running act) {
        if (!server.exists()) {
            refuse(act, Outcome.FAILED, "not running");
            return;
        }
        boolean standby = server.recovering();
        server.stop(true, WAIT_US);
        awaitThen(act, () -> !server.exists(), () -> true, () -> {
            if (disk.flushed == null) {
                end(act, Outcome.REFUSED, "no data", null);
                return;
            }
            if (standby) {
                server.start(false);
            } else if (machine.gate.permits() && !disk.standbySignal) {
                server.start(true);
            } else {
                end(act, Outcome.FAILED, "by the gate", null);
                return;
            }
            await(act, server::answers, server::exists);
        });
    }

    private boolean complete() {
        return disk.complete();
    }

    private void await(Running act, BooleanSupplier reached, BooleanSupplier possible) {
        awaitThen(act, reached, possible, () -> {
            machine.agent.probeSoon();
            done(act);
        });
    }

    private void awaitThen(Running act, BooleanSupplier reached, BooleanSupplier possible, Runnable then) {
        poll(act, reached, possible, then, world.nowUs() + WAIT_US);
    }

    private void poll(Running act, BooleanSupplier reached, BooleanSupplier possible, Runnable then, long untilUs) {
        after(act, POLL_US, () -> {
            if (reached.getAsBoolean()) {
                if (act == current) {
                    then.run();
                }
            } else if (!possible.getAsBoolean()) {
                end(act, Outcome.FAILED, "the server ended", null);
            } else if (world.nowUs() > untilUs) {
                end(act, Outcome.FAILED, "time-out", null);
            } else {
                poll(act, reached, possible, then, untilUs);
            }
        });
    }

    private long ms(double low, double high) {
        return world.dice.msToUs(low, Math.max(low, high * world.climate.slowness()));
    }

    private void after(Running act, long us, Runnable entry) {
        machine.after(us, () -> {
            if (act == current) {
                entry.run();
            }
        });
    }

    private void refuse(Running act, Outcome outcome, String reason) {
        after(act, ms(2, 60), () -> end(act, outcome, reason, null));
    }

    private void done(Running act) {
        end(act, Outcome.DONE, "", null);
    }

    private void end(Running act, Outcome reached, String detail, @Nullable WalPosition position) {
        if (act != current) {
            return;
        }
        current = null;
        Outcome outcome = act.failsLate && reached == Outcome.DONE ? Outcome.FAILED : reached;
        if (act.act.action() instanceof ServerAction.StartPrimary
                || act.act.action() instanceof ServerAction.StartStandby) {
            machine.startEnded(outcome);
        }
        world.tally.count("action " + act.act.action().getClass().getSimpleName() + " " + outcome);
        Event event = new Event.ActionEnded(act.act.id(), outcome, detail, machine.facts(), position);
        long life = machine.agent.life();
        machine.after(world.dice.msToUs(0.1, 3), () -> machine.agent.deliver(life, event));
    }
}
