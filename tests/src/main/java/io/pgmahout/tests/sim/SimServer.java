package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One member's PostgreSQL: processes, recovery, promotion, the part of its log that is not yet flushed. */
final class SimServer {
    /** Of the processes. */
    enum Phase {
        NONE,
        STARTING,
        UP,
        STOPPING,
        KILLING
    }

    private final Machine machine;
    final WalReceiver receiver;
    private Phase phase = Phase.NONE;
    private boolean frozen;
    private long freezes;
    private boolean recovering;
    /** A second pg_promote asks for nothing new. */
    private boolean promoting;

    private boolean startedAsPrimary;
    private boolean stopAsked;
    private boolean localReplayed;
    private long launch;
    private @Nullable String exit;
    private long written;
    private long era;
    private long backendsUntilUs = -1;
    private final List<Runnable> held = new ArrayList<>();

    SimServer(Machine machine) {
        this.machine = machine;
        receiver = new WalReceiver(machine, this);
    }

    boolean exists() {
        return phase != Phase.NONE;
    }

    boolean up() {
        return phase == Phase.UP;
    }

    /** Whether it would answer a query now. */
    boolean answers() {
        return phase == Phase.UP && !frozen && machine.runs();
    }

    boolean frozen() {
        return frozen;
    }

    long freezes() {
        return freezes;
    }

    boolean recovering() {
        return recovering;
    }

    boolean promoting() {
        return promoting;
    }

    boolean localReplayed() {
        return localReplayed;
    }

    boolean startedAsPrimary() {
        return startedAsPrimary;
    }

    boolean writableByFiles() {
        return !machine.disk.standbySignal;
    }

    long launch() {
        return launch;
    }

    @Nullable
    String exit() {
        return exit;
    }

    /** Whether it may acknowledge a commit at this instant. */
    boolean canWrite() {
        return machine.runs()
                && ((phase == Phase.UP && !recovering && !frozen) || machine.world.nowUs() < backendsUntilUs);
    }

    GateFacts.Processes process() {
        return switch (phase) {
            case NONE -> GateFacts.Processes.NONE;
            case KILLING -> GateFacts.Processes.KILLING;
            case STARTING, UP -> frozen ? GateFacts.Processes.FROZEN : GateFacts.Processes.RUNNING;
            case STOPPING -> frozen ? GateFacts.Processes.FROZEN : GateFacts.Processes.STOPPING;
        };
    }

    /** Something this server's processes do later: held while they are stopped, dropped when they end. */
    void after(long us, Runnable entry) {
        long current = era;
        machine.after(us, () -> {
            if (current == era) {
                if (frozen) {
                    held.add(entry);
                } else {
                    entry.run();
                }
            }
        });
    }

    void start(boolean asPrimary) {
        era++;
        launch++;
        machine.disk.inUse = true;
        machine.disk.secure();
        phase = Phase.STARTING;
        startedAsPrimary = asPrimary;
        recovering = !asPrimary;
        promoting = false;
        stopAsked = false;
        localReplayed = false;
        exit = null;
        boolean clean = machine.disk.clean;
        machine.disk.clean = false;
        machine.trace("server", "starts as " + (asPrimary ? "primary" : "standby") + " at " + machine.disk.tip());
        double slow = machine.world.climate.slowness();
        after(
                clean ? machine.world.dice.msToUs(30, 200 * slow) : machine.world.dice.msToUs(60, 1_500 * slow),
                this::rise);
        machine.gate.enforce(false);
        machine.gate.report();
    }

    private void rise() {
        if (phase != Phase.STARTING) {
            return;
        }
        if (machine.disk.broken) {
            end("1");
            return;
        }
        phase = Phase.UP;
        written = machine.disk.tip().lsn();
        machine.trace("server", recovering ? "accepts reads" : "accepts writes");
        if (recovering) {
            after(machine.world.dice.skewedUs(10, 1_000 * machine.world.climate.slowness()), () -> {
                localReplayed = true;
                receiver.seek();
            });
        } else {
            machine.gate.enforce(false);
        }
    }

    /**
     * pg_promote was called: makes a timeline in its own time. As PostgreSQL does, it ends the walreceiver and removes
     * standby.signal first, then writes the history file, and only then the control file names the timeline; it may die in between.
     */
    void promote() {
        if (promoting) {
            return;
        }
        promoting = true;
        receiver.disconnect("promotion asked for");
        double slow = machine.world.climate.slowness();
        recoveryStep(machine.world.dice.skewedUs(20, 1_500 * slow), () -> {
            machine.disk.standbySignal = false;
            machine.gate.enforce(false);
            recoveryStep(machine.world.dice.skewedUs(1, 200 * slow), () -> {
                int timeline = machine.disk.nextTimeline();
                machine.disk.histories.add(timeline);
                recoveryStep(machine.world.dice.skewedUs(1, 200 * slow), () -> promoted(timeline));
            });
        });
    }

    private void recoveryStep(long us, Runnable step) {
        after(us, () -> {
            if (phase == Phase.UP && recovering) {
                step.run();
            }
        });
    }

    private void promoted(int timeline) {
        Wal.Tip tip = machine.disk.tip();
        Wal wal = machine.world.newWal(timeline, tip);
        receiver.disconnect("promoted");
        recovering = false;
        written = tip.lsn() + 120;
        machine.disk.flushed = new Wal.Tip(wal, written);
        machine.trace("server", "promoted to " + machine.disk.flushed);
        if (!machine.gate.permits()) {
            machine.world.tally.count("bound: promoted without a permit");
            machine.graceUntilUs = machine.world.nowUs() + Machine.GATE_CHECK_US;
        }
        machine.world.invariants.promoted(machine);
        WalReceiver.timelineChanged(machine);
        machine.gate.enforce(false);
        machine.gate.report();
    }

    /** The clients' commits: {@code bytes} flushed and acknowledged, {@code more} written only. */
    void write(long bytes, long more) {
        written += bytes;
        Wal wal = machine.disk.tip().wal();
        machine.disk.flushed = new Wal.Tip(wal, written);
        wal.acknowledged = Math.max(wal.acknowledged, written);
        written += more;
        WalReceiver.ship(machine);
    }

    void freeze() {
        frozen = true;
        freezes++;
        machine.world.tally.count("frozen");
        machine.trace("server", "frozen");
        WalReceiver.silent(machine);
    }

    void thaw() {
        if (!frozen) {
            return;
        }
        frozen = false;
        machine.world.tally.count("thawed");
        machine.trace("server", "thawed");
        List<Runnable> entries = List.copyOf(held);
        held.clear();
        for (Runnable entry : entries) {
            after(0, entry);
        }
        WalReceiver.ship(machine);
    }

    /** @param fast with a shutdown checkpoint that everybody who streams gets */
    void stop(boolean fast, long limitUs) {
        if (phase == Phase.NONE || phase == Phase.KILLING || phase == Phase.STOPPING) {
            return;
        }
        stopAsked = true;
        if (!fast) {
            kill("2", machine.world.dice.msToUs(5, 60));
            return;
        }
        boolean wasUp = phase == Phase.UP;
        phase = Phase.STOPPING;
        machine.trace("server", "stops");
        machine.gate.report();
        after(machine.world.dice.msToUs(20, 400 * machine.world.climate.slowness()), () -> {
            if (wasUp && !recovering) {
                machine.disk.flushed = new Wal.Tip(
                        machine.disk.tip().wal(),
                        Math.max(written, machine.disk.tip().lsn()) + 110);
                WalReceiver.farewell(machine);
            }
            machine.disk.clean = wasUp;
            end("0");
        });
        long current = era;
        machine.after(limitUs, () -> {
            if (current == era && phase == Phase.STOPPING) {
                kill("signal:9", machine.world.dice.msToUs(5, 60));
            }
        });
    }

    /** Every process is killed, frozen or not; gone after {@code us}. */
    void kill(String status, long us) {
        if (phase == Phase.NONE || phase == Phase.KILLING) {
            return;
        }
        if (machine.world.mutation == Mutation.KILL_LEAVES_BACKENDS && phase == Phase.UP && !recovering) {
            backendsUntilUs = machine.world.nowUs() + 10_000_000;
        }
        if (phase == Phase.UP && !recovering) {
            machine.disk.cached = written;
        }
        phase = Phase.KILLING;
        machine.trace("server", "killed");
        long current = era;
        machine.gate.report();
        machine.after(us, () -> {
            if (current == era) {
                end(status);
            }
        });
    }

    private void end(String status) {
        if (!stopAsked) {
            machine.gate.takeBack();
        }
        vanish();
        exit = status;
        machine.trace(
                "server", "gone, exit " + status + (machine.disk.flushed == null ? "" : " at " + machine.disk.flushed));
        WalReceiver.sourceEnded(machine);
        machine.gate.report();
        long ended = launch;
        machine.after(
                machine.world.dice.msToUs(0.2, 15),
                () -> machine.agent.deliver(new Event.ProbeFailed(ended, "the connection ended")));
    }

    /** Nothing of it is left, and nobody is told. */
    void vanish() {
        era++;
        phase = Phase.NONE;
        frozen = false;
        localReplayed = false;
        held.clear();
        receiver.disconnect("server ended");
        machine.disk.inUse = false;
        if (machine.disk.doomed) {
            machine.disk.lose();
        }
        if (machine.world.mutation == Mutation.FORMER_DATA_COUNTS) {
            machine.disk.takeVolume();
        }
    }

    private static Map<Timeline, Lsn> starts(Wal newest) {
        Map<Timeline, Lsn> starts = new HashMap<>();
        for (Wal at = newest; at != null; at = at.parent) {
            starts.put(new Timeline(at.timeline), new Lsn(at.fork));
        }
        return starts;
    }

    ServerFacts facts() {
        DataDirectory disk = machine.disk;
        Wal.Tip tip = disk.tip();
        Map<MemberName, Lsn> standbys = new TreeMap<>();
        for (Machine other : machine.world.machines) {
            if (other.server.receiver.streamsFrom(machine)) {
                standbys.put(other.name, new Lsn(other.server.receiver.confirmed()));
            }
        }
        @Nullable Lsn at = recovering && !localReplayed || machine.positionInDoubt() ? null : new Lsn(tip.lsn());
        return new ServerFacts(
                launch,
                recovering,
                String.valueOf(disk.systemIdentifier),
                new Timeline(tip.wal().timeline),
                at,
                recovering ? at : null,
                recovering ? Map.of() : starts(tip.wal()),
                recovering ? new Timeline(disk.nextTimeline()) : null,
                disk.source == null ? null : disk.source.member(),
                receiver.streaming(),
                receiver.problem(),
                recovering ? Map.of() : standbys);
    }
}
