package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Tuning;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One cluster in one world, from its seed: a phase of faults, then one in which it must recover. */
final class World {
    private static final long RECOVERY_US = 120_000_000;
    private static final long STEADY_US = 2_500_000;
    private static final long LOOK_US = 500_000;

    final Agenda agenda = new Agenda();
    final Tally tally = new Tally();
    final Dice dice;
    final Climate climate;
    final Tuning tuning;
    final Mutation mutation;
    final Trace trace;
    final Brain.Maker maker;
    final List<Machine> machines;
    final SimNetwork network;
    final SimStore store;
    final Invariants invariants;
    final Faults faults;
    final Operator operator;
    private final boolean samples;
    private boolean faulty = true;
    private int wals;
    private int clusters;
    long steps;

    /** @param samples whether to ask the cores now and then which rules fire */
    World(long seed, Mutation mutation, Brain.Maker maker, Trace trace, boolean samples) {
        this.mutation = mutation;
        this.maker = maker;
        this.trace = trace;
        this.samples = samples;
        dice = new Dice(seed);
        climate = Climate.draw(dice.split(), mutation);
        tuning = climate.tuning();
        int members = climate.members();
        network = new SimNetwork(this, members);
        store = new SimStore(this, members);
        invariants = new Invariants(this, members);
        faults = new Faults(this);
        operator = new Operator(this);
        List<Machine> list = new ArrayList<>();
        Dice clocks = dice.split();
        for (int i = 0; i < members; i++) {
            list.add(new Machine(this, i, new SimClock(climate.drawRate(clocks), clocks.between(0, 1e7))));
        }
        machines = List.copyOf(list);
    }

    long nowUs() {
        return agenda.nowUs();
    }

    /** Whether the phase of faults lasts. */
    boolean faulty() {
        return faulty;
    }

    double lossNow() {
        return faulty ? climate.loss() : 0;
    }

    @Nullable
    Machine machine(MemberName name) {
        for (Machine machine : machines) {
            if (machine.name.equals(name)) {
                return machine;
            }
        }
        return null;
    }

    Wal newWal(int timeline, Wal.@Nullable Tip from) {
        return new Wal(++wals, timeline, from == null ? null : from.wal(), from == null ? 0 : from.lsn());
    }

    /** The newest stretch of WAL. */
    int lastWal() {
        return wals;
    }

    /** What initdb leaves. */
    void makeCluster(DataDirectory disk) {
        disk.systemIdentifier = Long.toString(7_000_000_000_000_000_000L + ++clusters);
        disk.flushed = new Wal.Tip(newWal(1, null), 0x1000028);
        disk.clean = true;
        disk.standbySignal = false;
        disk.histories.clear();
        disk.content = DataFacts.Content.COMPLETE;
    }

    /** Runs the whole life of this world. */
    void run() {
        begin();
        long safetyUs = (climate.calmMs() + climate.safetyMs()) * 1_000;
        faults.begin(climate.calmMs() * 1_000, safetyUs);
        operator.begin(climate.calmMs() * 1_000, safetyUs);
        while (agenda.advance(safetyUs)) {
            invariants.writers();
        }
        trace.line(nowUs(), "world", -1, "faults", "cease");
        faulty = false;
        faults.cease();
        operator.resumeUntil(safetyUs + RECOVERY_US);
        operator.overrideUntil(safetyUs + RECOVERY_US, 0);
        operator.giveUpUntil(safetyUs + RECOVERY_US);
        recover(safetyUs);
    }

    private void begin() {
        trace.line(0, "world", -1, "climate", climate.toString());
        if (climate.adopts()) {
            makeCluster(machines.getFirst().disk);
        }
        for (Machine machine : machines) {
            machine.gate.begin();
            machine.after(dice.skewedUs(1, 3_000), machine.agent::begin);
        }
        network.begin();
        clients();
        survey();
    }

    private void clients() {
        for (Machine machine : machines) {
            if (machine.server.canWrite() && machine.server.up()) {
                machine.server.write(dice.between(60L, 400L), dice.between(0L, 50L));
                if (machine.graceUntilUs < nowUs()) {
                    invariants.acknowledged(machine.disk.tip());
                }
            }
        }
        agenda.at(nowUs() + climate.writeEveryMs() * 1_000, this::clients);
    }

    private void survey() {
        invariants.survey();
        if (samples) {
            for (Machine machine : machines) {
                machine.agent.rules().forEach(rule -> tally.count("rule " + rule));
            }
        }
        agenda.at(nowUs() + 1_000_000, this::survey);
    }

    private void recover(long fromUs) {
        long sinceUs = Long.MAX_VALUE;
        for (long lookUs = fromUs + LOOK_US; lookUs <= fromUs + RECOVERY_US; lookUs += LOOK_US) {
            while (agenda.advance(lookUs)) {
                invariants.writers();
            }
            String obstacle = invariants.obstacle();
            if (obstacle != null) {
                sinceUs = Long.MAX_VALUE;
            } else {
                sinceUs = Math.min(sinceUs, lookUs);
                if (lookUs - sinceUs >= STEADY_US) {
                    tally.add("recovery ms", (sinceUs - fromUs) / 1_000);
                    return;
                }
            }
        }
        throw new Violation("recovery", String.valueOf(invariants.obstacle()));
    }

    void noticed(Machine machine, Notice notice) {
        tally.count("event " + notice.code());
        if (notice.code() == EventCode.TERM_TAKEN) {
            tally.count(String.valueOf(notice.fields().get("write")));
        }
    }
}
