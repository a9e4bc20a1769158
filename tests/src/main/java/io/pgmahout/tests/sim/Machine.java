package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One member's machine: a clock, a disk, and the processes on it, which live and stop with it. */
final class Machine {
    private static final int GIVEN_UP_FAILED = 2;
    private static final int GIVEN_UP_UNTRIED = 10;

    /** After a machine's thaw or a promotion without a permit, one check of the gate: a documented bound. */
    static final long GATE_CHECK_US = 110_000;

    final World world;
    final int index;
    final MemberName name;
    final SimClock clock;
    final DataDirectory disk = new DataDirectory();
    final SimGate gate;
    final SimServer server;
    final SimAgent agent;
    final Actions actions;
    final Withdrawals withdrawals;

    /** What an fsync has made durable. */
    VoterFile voterFile;

    private boolean up = true;
    private boolean frozen;
    private int boots;
    private long frozenUntilUs;
    private final List<Runnable> held = new ArrayList<>();
    /** Until then a writer here is within a documented bound. */
    long graceUntilUs = -1;

    /** People gave its data up. */
    boolean reinitAsked;

    private int failedStarts;
    private int untriedStarts;

    long thawedUs = -1_000_000;

    Machine(World world, int index, SimClock clock) {
        this.world = world;
        this.index = index;
        this.name = new MemberName("n" + (index + 1));
        this.clock = clock;
        voterFile = VoterFile.fresh(new VoterId("v" + (index + 1)));
        gate = new SimGate(this);
        server = new SimServer(this);
        agent = new SimAgent(this);
        actions = new Actions(this);
        withdrawals = new Withdrawals(this);
    }

    String address() {
        return name + ":5432";
    }

    boolean runs() {
        return up && !frozen;
    }

    boolean isUp() {
        return up;
    }

    long clockMs() {
        return clock.ms(world.nowUs());
    }

    /** What its agent was told of a start of its server. */
    void startEnded(Outcome outcome) {
        switch (outcome) {
            case DONE -> serverAnswered();
            case UNKNOWN -> untriedStarts++;
            case FAILED, REFUSED -> failedStarts++;
        }
    }

    void serverAnswered() {
        failedStarts = 0;
        untriedStarts = 0;
    }

    /** Whether so many starts failed in a row, or were not come to, that its agent may give the server up. */
    boolean startsGivenUp() {
        return failedStarts >= GIVEN_UP_FAILED || untriedStarts >= GIVEN_UP_UNTRIED;
    }

    /** Something on this machine, later: held while the machine is frozen, dropped when it dies. */
    void after(long us, Runnable entry) {
        int boot = boots;
        world.agenda.at(world.nowUs() + us, () -> {
            if (boot == boots && up) {
                if (frozen) {
                    held.add(entry);
                } else {
                    entry.run();
                }
            }
        });
    }

    void trace(String part, String text) {
        if (world.trace.on()) {
            world.trace.line(world.nowUs(), name.value(), clockMs(), part, text);
        }
    }

    /** The whole machine stops, its clock runs on. */
    void freeze(long us) {
        if (!up) {
            return;
        }
        trace("machine", "frozen for " + us / 1_000 + " ms");
        frozen = true;
        frozenUntilUs = Math.max(frozenUntilUs, world.nowUs() + us);
        int boot = boots;
        world.agenda.at(frozenUntilUs, () -> {
            if (boot == boots && frozen && world.nowUs() >= frozenUntilUs) {
                thaw();
            }
        });
    }

    void thaw() {
        trace("machine", "thawed");
        frozen = false;
        thawedUs = world.nowUs();
        graceUntilUs = world.nowUs() + GATE_CHECK_US;
        List<Runnable> entries = List.copyOf(held);
        held.clear();
        for (Runnable entry : entries) {
            after(0, entry);
        }
        world.network.machineChanged(this);
    }

    /** Power off: every process ends, the disk keeps what was flushed. */
    void crash() {
        if (!up) {
            return;
        }
        trace("machine", "crashed");
        agent.die(false);
        actions.abandon();
        world.invariants.powerLost(this);
        disk.cached = 0;
        server.vanish();
        gate.vanish();
        up = false;
        frozen = false;
        frozenUntilUs = 0;
        held.clear();
        boots++;
        world.network.machineChanged(this);
    }

    void boot() {
        if (up) {
            return;
        }
        up = true;
        clock.restart(world.nowUs());
        trace("machine", "boots");
        gate.begin();
        after(world.dice.msToUs(100, 1_500), agent::begin);
    }

    /** While WAL is being taken, and until what a cut-off left is removed, it is not told what it holds. */
    boolean positionInDoubt() {
        return disk.remains != null && world.mutation != Mutation.WAL_REMAINS_STAY;
    }

    DataFacts facts() {
        return disk.facts(terms());
    }

    /** What its data holds, as its agent is told. */
    @Nullable
    WalPosition position() {
        WalPosition position = disk.position();
        Term told = position == null ? null : terms().get(position.timeline().id());
        return position == null || told == null ? position : new WalPosition(told, position.timeline(), position.lsn());
    }

    /** Whether the executor refuses to note {@code history} beside this data. */
    boolean contradicts(List<Branch> history) {
        return world.mutation != Mutation.BRANCH_BY_TIMELINE && disk.contradicts(history);
    }

    /** The term of a timeline's branch, as this member's agent is told. */
    Map<Integer, Term> terms() {
        ClusterRecord record = world.store.record();
        if (world.mutation != Mutation.BRANCH_BY_TIMELINE || record == null) {
            return disk.branches;
        }
        Map<Integer, Term> told = new TreeMap<>(disk.branches);
        for (Branch branch : record.history()) {
            told.replace(branch.timeline().id(), branch.term());
        }
        return told;
    }

    @Override
    public String toString() {
        return name.value();
    }
}
