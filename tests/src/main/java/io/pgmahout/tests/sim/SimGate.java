package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.model.Incarnation;
import org.jspecify.annotations.Nullable;

/**
 * The gate of one member, as docs/gate.md has it: one incarnation, one permit, sessions, freeze at the deadline,
 * thaw by a permit alone, kill after the hold.
 */
final class SimGate {
    private static final long FENCE_HOLD_MS = 3_000;

    private final Machine machine;
    private int incarnations;
    private boolean alive;
    private long session;
    private long seq;
    private long permitMs;
    private int permitTimeline;
    private long terminatingUs = -1;
    private boolean reporting;
    private long expiryUs = -1;
    private long busyUntilUs;

    SimGate(Machine machine) {
        this.machine = machine;
    }

    Incarnation incarnation() {
        return new Incarnation(machine.name + ".g" + incarnations);
    }

    boolean alive() {
        return alive;
    }

    void begin() {
        incarnations++;
        alive = true;
        // An agent that lives sees the new gate's files and says hello.
        session = machine.agent.life();
        seq = 0;
        permitMs = 0;
        permitTimeline = 0;
        terminatingUs = -1;
        expiryUs = -1;
        busyUntilUs = 0;
        reporting = false;
        machine.trace("gate", "begins as " + incarnation());
        report();
    }

    /** Dies with its machine. */
    void vanish() {
        alive = false;
    }

    /** Dies alone: its server dies with it, and it is started again. */
    void crash() {
        if (!alive) {
            return;
        }
        machine.trace("gate", "dies");
        alive = false;
        machine.server.kill("signal:9", machine.world.dice.msToUs(1, 10));
        machine.after(machine.world.dice.msToUs(100, 2_000), this::begin);
    }

    /** SIGTERM: waits for a hand-over, then stops the server, ends, and is started again. */
    void terminate() {
        if (!alive || terminatingUs >= 0) {
            return;
        }
        machine.trace("gate", "SIGTERM");
        terminatingUs = machine.world.nowUs();
        report();
        awaitHandover(incarnations);
    }

    private void awaitHandover(int incarnation) {
        machine.after(100_000, () -> {
            if (!alive || incarnation != incarnations) {
                return;
            }
            long waitedUs = machine.world.nowUs() - terminatingUs;
            if (machine.server.exists() && machine.agent.alive() && waitedUs < 20_000_000) {
                awaitHandover(incarnation);
            } else if (machine.server.exists() && waitedUs < 50_000_000) {
                machine.server.stop(true, 20_000_000);
                awaitHandover(incarnation);
            } else {
                crash();
            }
        });
    }

    /** A new agent life says hello; the permit in force stays. */
    void hello(long newSession) {
        session = Math.max(session, newSession);
        seq = 0;
    }

    /** A line that it comes to only then; what is written after it waits behind it. */
    void stall(long us, Runnable then) {
        long now = machine.world.nowUs();
        busyUntilUs = Math.max(busyUntilUs, now) + us;
        int incarnation = incarnations;
        machine.after(busyUntilUs - now, () -> {
            if (alive && incarnation == incarnations) {
                then.run();
            }
        });
    }

    /** A line comes into the FIFO; obeyed a little later, in order. */
    void command(long from, Effect.SetPermit permit) {
        long now = machine.world.nowUs();
        if (busyUntilUs <= now && !permit.confirm()) {
            obey(from, permit);
            return;
        }
        busyUntilUs = Math.max(busyUntilUs, now) + machine.world.dice.msToUs(0.1, machine.world.climate.gateMs() / 8);
        int incarnation = incarnations;
        machine.after(busyUntilUs - now, () -> {
            if (incarnation == incarnations) {
                obey(from, permit);
            }
        });
    }

    private void obey(long from, Effect.SetPermit permit) {
        if (!alive || from != session) {
            return;
        }
        Mutation mutation = machine.world.mutation;
        long deadline = permit.deadlineMs();
        if (mutation == Mutation.PERMIT_REACHES_FURTHER && deadline > 0) {
            deadline += 400;
        }
        seq = permit.seq();
        permitTimeline = permit.timeline() == null ? 0 : permit.timeline().id();
        boolean news = deadline < permitMs || permit.confirm();
        if (mutation != Mutation.GATE_NEVER_SHORTENS || deadline > permitMs) {
            permitMs = deadline;
        }
        enforce(true);
        if (news) {
            report();
        }
    }

    /** The server ended by itself: its permit ends with it. */
    void takeBack() {
        permitMs = 0;
        permitTimeline = 0;
    }

    boolean permits() {
        return alive && machine.clockMs() < permitMs;
    }

    private boolean timelineFits() {
        SimServer server = machine.server;
        return permitTimeline == 0
                || server.startedAsPrimary()
                || server.recovering()
                || machine.disk.newestTimeline() == permitTimeline;
    }

    /**
     * Freezes what has no permit, thaws what has one.
     *
     * @param at once, because a command was just obeyed; otherwise at the next check
     */
    void enforce(boolean at) {
        SimServer server = machine.server;
        if (!alive || !server.exists() || !server.writableByFiles()) {
            return;
        }
        if (permits() && timelineFits()) {
            if (server.frozen()) {
                server.thaw();
                report();
            }
            watchDeadline();
        } else if (!server.frozen() && machine.world.mutation != Mutation.GATE_IGNORES_DEADLINE) {
            if (at) {
                freeze();
            } else {
                checkLater();
            }
        }
    }

    private void checkLater() {
        int incarnation = incarnations;
        machine.after(machine.world.dice.msToUs(0, machine.world.climate.gateMs()), () -> {
            if (incarnation == incarnations) {
                enforce(true);
            }
        });
    }

    /** One entry in the agenda while a permit runs, moved on when it was extended meanwhile. */
    private void watchDeadline() {
        long dueUs = machine.clock.virtualUs(permitMs);
        if (expiryUs >= machine.world.nowUs() && expiryUs <= dueUs) {
            return;
        }
        expiryUs = dueUs;
        int incarnation = incarnations;
        machine.after(dueUs - machine.world.nowUs(), () -> {
            if (incarnation == incarnations && expiryUs == dueUs) {
                expiryUs = -1;
                enforce(false);
            }
        });
    }

    private void freeze() {
        SimServer server = machine.server;
        server.freeze();
        report();
        int incarnation = incarnations;
        long freezes = server.freezes();
        if (machine.world.mutation == Mutation.GATE_THAWS_ALONE) {
            machine.after(500_000, server::thaw);
        }
        machine.after(machine.clock.spanUs(FENCE_HOLD_MS), () -> {
            if (incarnation == incarnations && server.frozen() && server.freezes() == freezes) {
                machine.world.tally.count("gate killed after hold");
                server.kill("signal:9", machine.world.dice.msToUs(5, 30));
            }
        });
    }

    /** The state file changed; the agent reads it as it then is. */
    void report() {
        if (reporting || !alive) {
            return;
        }
        reporting = true;
        int incarnation = incarnations;
        machine.after(machine.world.dice.skewedUs(0.5, machine.world.climate.gateMs()), () -> {
            if (incarnation == incarnations && alive) {
                reporting = false;
                machine.agent.deliver(new Event.GateReported(facts()));
            }
        });
    }

    private GateFacts facts() {
        SimServer server = machine.server;
        @Nullable String exit = server.exists() ? null : server.exit();
        return new GateFacts(
                incarnation(),
                server.process(),
                server.startedAsPrimary(),
                server.exists() && server.writableByFiles(),
                server.launch(),
                seq,
                exit,
                permitMs,
                terminatingUs >= 0);
    }
}
