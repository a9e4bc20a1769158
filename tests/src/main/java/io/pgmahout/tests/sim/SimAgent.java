package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Forms;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Peer;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.VoterFile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One member's agent process: the core, its queue, and the executor of its effects. */
final class SimAgent {
    private static final long PROBE_US = 1_000_000;
    private static final int STEPS_A_MOMENT = 5_000;
    private final Machine machine;
    private final World world;
    private final ArrayDeque<Event> inbox = new ArrayDeque<>();
    private List<Effect> unbegun = List.of();
    private @Nullable Brain brain;
    private long life;
    private boolean stalled;
    private long stalledUntilUs;
    private long wakeUpMs;
    private long tickUs = -1;
    private long diskFreeUs;
    private long momentMs = -1;
    private int stepsInMoment;

    SimAgent(Machine machine) {
        this.machine = machine;
        world = machine.world;
    }

    boolean alive() {
        return brain != null;
    }

    long life() {
        return life;
    }

    /** Whether its process can take a connection now. */
    boolean listens() {
        return brain != null && !stalled && machine.runs();
    }

    void begin() {
        if (brain != null || !machine.runs()) {
            return;
        }
        if (!machine.gate.alive()) {
            machine.after(100_000, this::begin);
            return;
        }
        life++;
        stalled = false;
        stalledUntilUs = 0;
        tickUs = -1;
        diskFreeUs = 0;
        machine.gate.hello(life);
        Self self = new Self(
                "sim",
                machine.name,
                machine.name + ".a" + life,
                machine.address(),
                machine.name + ":8008",
                0,
                false,
                !world.climate.adopts() || machine.index == 0 ? Forms.ANYHOW : Forms.NEVER);
        machine.trace("agent", "begins its life " + life);
        Now now = new Now(machine.clockMs());
        brain = world.maker.start(self, world.tuning, machine.voterFile, now);
        deliver(new Event.Tick());
        machine.gate.report();
        world.store.agentBegan(machine);
        probeLoop(life, world.dice.msToUs(10, 900));
    }

    /** The process ends: its state is lost, the kernel closes its connections. */
    void die(boolean kernelLives) {
        if (brain == null) {
            return;
        }
        machine.trace("agent", "dies");
        world.invariants.absent(machine);
        brain = null;
        stalled = false;
        inbox.clear();
        unbegun = List.of();
        machine.actions.abandon();
        world.network.agentEnded(machine, kernelLives);
    }

    /** Dies and is started again beside the same gate. */
    void crash() {
        if (brain != null) {
            die(true);
            machine.after(world.dice.msToUs(50, world.dice.chance(0.2) ? 8_000 : 1_500), this::begin);
        }
    }

    void stall(long us) {
        if (brain == null) {
            return;
        }
        machine.trace("agent", "stalls for " + us / 1_000 + " ms");
        stalled = true;
        stalledUntilUs = Math.max(stalledUntilUs, world.nowUs() + us);
        long current = life;
        machine.after(us, () -> {
            if (current == life && stalled && world.nowUs() >= stalledUntilUs) {
                goOn();
            }
        });
    }

    void goOn() {
        if (!stalled) {
            return;
        }
        stalled = false;
        machine.trace("agent", "goes on");
        List<Effect> late = unbegun;
        unbegun = List.of();
        perform(late);
        while (!stalled && brain != null && !inbox.isEmpty()) {
            handle(inbox.remove());
        }
    }

    void receive(long toLife, Peer from, Message message) {
        deliver(toLife, new Event.Received(from, message));
    }

    void command(Command command) {
        deliver(new Event.Commanded(command));
    }

    void deliver(long toLife, Event event) {
        if (toLife == life) {
            deliver(event);
        }
    }

    void deliver(Event event) {
        if (brain == null) {
            return;
        }
        if (stalled || !inbox.isEmpty()) {
            inbox.add(event);
        } else {
            handle(event);
        }
    }

    private void handle(Event event) {
        Brain current = brain;
        if (current == null) {
            return;
        }
        Now now = new Now(machine.clockMs());
        guardSpinning(now);
        if (world.trace.on() && !(event instanceof Event.Tick)) {
            machine.trace("event", Describe.event(event));
        }
        Brain.Reaction reaction = current.step(mutated(event, now), now);
        world.steps++;
        List<Effect> effects = reaction.effects();
        wakeUpMs = reaction.wakeUpMs();
        awaitTick(life);
        if (!effects.isEmpty() && world.faulty() && world.dice.chance(world.climate.stallAtStep())) {
            unbegun = effects;
            stall(world.dice.skewedUs(20, 6_000));
        } else if (effects.size() > 1 && world.faulty() && world.dice.chance(world.climate.crashAtStep())) {
            perform(effects.subList(0, world.dice.index(effects.size())));
            crash();
        } else {
            perform(effects);
        }
    }

    private Event mutated(Event event, Now now) {
        if (!(event instanceof Event.Received received)) {
            return event;
        }
        return switch (received.message()) {
            case Message.HeartbeatAck ack
            when world.mutation == Mutation.ACK_COUNTED_FROM_RECEIPT ->
                new Event.Received(
                        received.from(),
                        new Message.HeartbeatAck(ack.term(), ack.sequence(), now.ms(), ack.leaseMs(), ack.position()));
            case Message.HeartbeatAck ack
            when world.mutation == Mutation.FAILSAFE_NOT_OWED && ack.leaseMs() == 1 ->
                new Event.Received(
                        received.from(),
                        new Message.HeartbeatAck(
                                ack.term(),
                                ack.sequence(),
                                ack.sentMs(),
                                world.tuning.failsafeLeaseMs(),
                                ack.position()));
            case Message.Heartbeat beat
            when world.mutation == Mutation.FAILSAFE_NOT_OWED && isFailsafe(beat) ->
                new Event.Received(
                        received.from(),
                        new Message.Heartbeat(beat.term(), beat.sequence(), beat.sentMs(), 1, beat.position()));
            default -> event;
        };
    }

    private boolean isFailsafe(Message.Heartbeat beat) {
        return beat.leaseMs() == world.tuning.failsafeLeaseMs();
    }

    /** Ticks asked for without end at one reading of the clock would stop the world. */
    private void guardSpinning(Now now) {
        if (now.ms() != momentMs) {
            momentMs = now.ms();
            stepsInMoment = 0;
        } else if (++stepsInMoment > STEPS_A_MOMENT) {
            throw new Violation("spinning", machine + " takes no end of steps at " + now.ms());
        }
    }

    private void awaitTick(long current) {
        long dueUs = Math.max(machine.clock.virtualUs(wakeUpMs), world.nowUs() + 200);
        if (tickUs >= 0 && tickUs <= dueUs) {
            return;
        }
        tickUs = dueUs;
        machine.after(dueUs - world.nowUs(), () -> {
            if (current != life || brain == null || tickUs != dueUs) {
                return;
            }
            tickUs = -1;
            if (stalled || machine.clockMs() >= wakeUpMs) {
                deliver(new Event.Tick());
            } else {
                awaitTick(current);
            }
        });
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            if (brain == null) {
                return;
            }
            if (world.trace.on()) {
                machine.trace("effect", Describe.effect(effect));
            }
            begin(effect);
        }
    }

    private void begin(Effect effect) {
        switch (effect) {
            case Effect.CompareAndSet write -> world.store.compareAndSet(machine, write);
            case Effect.ReadRecord read -> world.store.read(machine, read.id());
            case Effect.Send send -> send(send);
            case Effect.Persist persist -> persist(persist);
            case Effect.SetPermit permit -> machine.gate.command(life, permit);
            case Effect.Act act -> machine.actions.begin(act);
            case Effect.Withdraw withdraw -> machine.withdrawals.begin(withdraw.id());
            case Effect.ProbeNow probe -> probeSoon();
            case Effect.LookAt look -> world.network.lookAt(machine, look.member());
            case Effect.Route route -> world.tally.count("route " + route.role());
            case Effect.KeepSlots slots -> world.tally.count("slots kept");
            case Effect.Log log -> world.noticed(machine, log.notice());
            case Effect.Progress progress -> world.tally.count("progress told");
            case Effect.Answer answer -> world.operator.answered(answer);
            case Effect.Exit exit -> {
                world.tally.count("agent exits");
                crash();
            }
        }
    }

    private void send(Effect.Send send) {
        Message message = told(send.message());
        world.invariants.sending(machine, message);
        world.network.send(machine, send.to(), message);
        Machine to = world.machine(send.to());
        if (world.mutation == Mutation.FAILSAFE_WITHOUT_ONE
                && message instanceof Message.Heartbeat beat
                && isFailsafe(beat)
                && to != null
                && !world.network.open(machine, to, true)) {
            long current = life;
            Message.HeartbeatAck forged = new Message.HeartbeatAck(
                    beat.term(), beat.sequence(), beat.sentMs(), world.tuning.failsafeLeaseMs(), null);
            machine.after(500, () -> deliver(current, new Event.Received(Connection.peer(to), forged)));
        }
    }

    private Message told(Message message) {
        return world.mutation == Mutation.REACH_UNTOLD && message instanceof Message.Report report
                ? new Message.Report(Describe.withoutReach(report.report()))
                : message;
    }

    private void persist(Effect.Persist persist) {
        long current = life;
        boolean early = world.mutation == Mutation.SENT_BEFORE_PERSISTED;
        if (early) {
            persist.then().forEach(this::begin);
        }
        double slow = early ? 2_000 : world.climate.fsyncMs();
        diskFreeUs = Math.max(diskFreeUs, world.nowUs()) + world.dice.skewedUs(0.2, slow);
        boolean fails = world.faulty() && world.dice.chance(world.climate.actionFailure() / 10);
        machine.after(diskFreeUs - world.nowUs(), () -> {
            if (current != life || brain == null) {
                return;
            }
            VoterFile file = persist.file();
            if (!fails && world.mutation != Mutation.PERSIST_FORGETS) {
                machine.voterFile = file;
            }
            if (!fails && !early) {
                afterFsync(persist);
            }
            deliver(current, new Event.Persisted(file, fails ? Outcome.FAILED : Outcome.DONE));
        });
    }

    private void afterFsync(Effect.Persist persist) {
        if (stalled) {
            List<Effect> both = new ArrayList<>(unbegun);
            both.addAll(persist.then());
            unbegun = both;
        } else {
            perform(List.copyOf(persist.then()));
        }
    }

    private void probeLoop(long current, long us) {
        machine.after(us, () -> {
            if (current == life && brain != null) {
                probe(current);
                probeLoop(current, PROBE_US);
            }
        });
    }

    void probeSoon() {
        long current = life;
        machine.after(world.dice.msToUs(1, 5), () -> {
            if (current == life && brain != null) {
                probe(current);
            }
        });
    }

    private void probe(long current) {
        SimServer server = machine.server;
        long launch = server.launch();
        if (server.answers()) {
            Event.Probed probed = new Event.Probed(server.facts(), machine.clockMs());
            machine.after(world.dice.skewedUs(0.2, 20), () -> {
                deliver(current, probed);
                machine.serverAnswered();
            });
        } else if (server.exists()) {
            long us = server.frozen() ? 1_000_000 : 1_000;
            machine.after(us, () -> deliver(current, new Event.ProbeFailed(launch, "no answer")));
        }
    }

    List<String> rules() {
        Brain current = brain;
        return current == null ? List.of() : current.rules(new Now(machine.clockMs()));
    }
}
