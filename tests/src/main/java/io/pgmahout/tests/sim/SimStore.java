package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import org.jspecify.annotations.Nullable;

/** The store: one record, versions that grow; requests, answers and watch events that are late or lost. */
final class SimStore {
    private static final long TIMEOUT_US = 2_000_000;
    private final World world;
    private final Dice dice;
    private long version;
    private @Nullable ClusterRecord record;
    /** What was stored last, also after it was deleted. */
    private @Nullable ClusterRecord last;
    /** Creations that may still arrive. */
    private int creations;

    private boolean deleted;
    private boolean out;
    private final boolean[] cutOff;
    private final long[] watchedUs;
    private final long[] seen;

    SimStore(World world, int members) {
        this.world = world;
        this.dice = world.dice.split();
        cutOff = new boolean[members];
        watchedUs = new long[members];
        seen = new long[members];
    }

    @Nullable
    ClusterRecord record() {
        return record;
    }

    void outage(boolean begins) {
        if (out != begins) {
            out = begins;
            world.trace.line(world.nowUs(), "store", -1, "store", begins ? "out" : "back");
            catchUp();
        }
    }

    void cutOff(Machine machine, boolean begins) {
        if (cutOff[machine.index] != begins) {
            cutOff[machine.index] = begins;
            machine.trace("store", begins ? "cut off from the store" : "reaches the store");
            catchUp();
        }
    }

    /** Whether an operator may delete the record: only once, and nothing on its way would bring back what was there before. */
    boolean canDelete() {
        return !deleted && creations == 0 && record != null && record.systemIdentifier() != null;
    }

    void delete() {
        deleted = true;
        record = null;
        if (world.mutation == Mutation.VERSIONS_BEGIN_AGAIN) {
            version = 0;
        }
        world.trace.line(world.nowUs(), "store", -1, "store", "the record is deleted");
    }

    /** An operator has a copy of what was there last. */
    void putBack() {
        ClusterRecord copy = last;
        if (record == null && copy != null) {
            world.tally.count("record put back");
            store(copy);
        }
    }

    boolean reaches(Machine machine) {
        return !out && !cutOff[machine.index] && machine.runs();
    }

    private long delayUs() {
        return dice.skewedUs(0.5, 3 + world.climate.delayMs());
    }

    private boolean lost() {
        return world.faulty() && dice.chance(world.climate.storeLoss());
    }

    void read(Machine machine, long id) {
        long life = machine.agent.life();
        boolean[] ended = new boolean[1];
        world.agenda.at(world.nowUs() + delayUs(), () -> {
            if (!reaches(machine) || lost()) {
                return;
            }
            Stored stored = stored();
            answer(machine, life, ended, new Event.RecordRead(id, Outcome.DONE, stored, ""));
        });
        machine.after(
                TIMEOUT_US,
                () -> give(machine, life, ended, new Event.RecordRead(id, Outcome.UNKNOWN, null, "time-out")));
    }

    private @Nullable Stored stored() {
        return record == null ? null : new Stored(new Version(version), record);
    }

    void compareAndSet(Machine machine, Effect.CompareAndSet write) {
        long life = machine.agent.life();
        WriteId id = write.record().writeId();
        boolean[] ended = new boolean[1];
        boolean lies = world.mutation == Mutation.LATE_WRITE_CALLED_REFUSED;
        double lateness = lies ? 0.3 : world.climate.storeLate();
        long late = world.faulty() && dice.chance(lateness) ? dice.msToUs(500, 12_000) : 0;
        boolean sent = !cutOff[machine.index] && !lost();
        int creates = sent && write.base() == null ? 1 : 0;
        creations += creates;
        if (sent) {
            world.agenda.at(world.nowUs() + delayUs() + late, () -> {
                creations -= creates;
                if (!out) {
                    arrive(machine, life, ended, write);
                }
            });
        }
        Outcome outcome = lies ? Outcome.REFUSED : Outcome.UNKNOWN;
        machine.after(
                TIMEOUT_US, () -> give(machine, life, ended, new Event.WriteEnded(id, outcome, null, "time-out")));
    }

    private void arrive(Machine machine, long life, boolean[] ended, Effect.CompareAndSet write) {
        WriteId id = write.record().writeId();
        Version base = write.base();
        boolean matches = base == null
                ? record == null || world.mutation == Mutation.CREATION_REPLACES
                : record == null ? world.mutation == Mutation.WRITE_CREATES : base.value() == version;
        if (!matches && world.mutation != Mutation.WRITE_ON_ANY_VERSION) {
            world.tally.count("write conflict");
            answer(machine, life, ended, new Event.WriteEnded(id, Outcome.REFUSED, null, "conflict"));
            return;
        }
        world.invariants.recordWritten(machine, last, write.record(), base == null);
        world.tally.count(ended[0] ? "write applied late" : "write applied");
        if (record == null && deleted) {
            world.tally.count("record made anew");
        }
        store(write.record());
        answer(machine, life, ended, new Event.WriteEnded(id, Outcome.DONE, new Version(version), ""));
    }

    private void store(ClusterRecord next) {
        version++;
        record = next;
        last = next;
        if (world.trace.on()) {
            world.trace.line(world.nowUs(), "store", -1, "store", "version " + version + " " + Describe.record(next));
        }
        catchUp();
    }

    private void answer(Machine machine, long life, boolean[] ended, Event event) {
        if (lost()) {
            world.tally.count("answer of the store lost");
            return;
        }
        machine.after(delayUs(), () -> {
            if (reaches(machine)) {
                give(machine, life, ended, event);
            }
        });
    }

    private static void give(Machine machine, long life, boolean[] ended, Event event) {
        if (!ended[0]) {
            ended[0] = true;
            machine.agent.deliver(life, event);
        }
    }

    private void watch(Machine machine) {
        Stored stored = stored();
        if (stored == null) {
            return;
        }
        long due = Math.max(watchedUs[machine.index], world.nowUs() + dice.skewedUs(1, world.climate.watchMs()));
        watchedUs[machine.index] = due;
        machine.after(due - world.nowUs(), () -> {
            if (reaches(machine) && stored.version().value() > seen[machine.index]) {
                seen[machine.index] = stored.version().value();
                machine.agent.deliver(new Event.RecordSeen(stored));
            }
        });
    }

    /** A watch that was broken shows what it missed, in the end. */
    private void catchUp() {
        for (Machine machine : world.machines) {
            watch(machine);
        }
    }

    /** An agent that starts watches from the version that is stored. */
    void agentBegan(Machine machine) {
        seen[machine.index] = 0;
        watch(machine);
    }
}
