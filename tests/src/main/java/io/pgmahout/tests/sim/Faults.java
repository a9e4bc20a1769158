package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes wrong in the safety phase: one fault after another, often several at once, each undone after a while. */
final class Faults {
    private static final List<Kind> KINDS = List.of(Kind.values());
    /** By then a server that ended goes on somewhere. */
    private static final long LONG_ENOUGH_US = 3_000_000;

    /** How often a volume is not there at the boot. */
    private static final double VOLUME_AWAY = 0.25;

    private final World world;
    private final Dice dice;

    /** What can go wrong. */
    private enum Kind {
        AGENT_STALLS,
        AGENT_CRASHES,
        SERVER_CRASHES,
        SERVER_CRASHES_AHEAD,
        TAKING_CUT_OFF,
        MACHINE_FREEZES,
        MACHINE_CRASHES,
        GATE_CRASHES,
        GATE_TERMINATES,
        ONE_WAY_CUT,
        PAIR_CUT,
        MEMBER_CUT,
        MEMBER_CUT_FROM_ALL,
        STORE_OUT,
        MEMBER_CUT_FROM_STORE,
        RECORD_DELETED,
        PROMOTED_BY_HAND,
        DATA_LOST,
        DATA_BROKEN,
        ALL_AGENTS_CRASH,
        ALL_MACHINES_CRASH,
        RECORD_LOST
    }

    Faults(World world) {
        this.world = world;
        dice = world.dice.split();
    }

    void begin(long atUs, long untilUs) {
        world.agenda.at(atUs + dice.exponentialUs(world.climate.faultEveryMs()), () -> {
            if (world.nowUs() < untilUs) {
                Kind kind = dice.pick(KINDS);
                // The rare ones are rarer still: they end whatever else is going on.
                if (kind.compareTo(Kind.PROMOTED_BY_HAND) < 0 || dice.chance(world.climate.strict() ? 0.5 : 0.15)) {
                    strike(kind);
                }
                begin(world.nowUs(), untilUs);
            }
        });
    }

    private Machine victim() {
        for (Machine machine : world.machines) {
            // The primary is where it hurts.
            if (machine.server.canWrite() && dice.chance(0.4)) {
                return machine;
            }
        }
        return dice.pick(world.machines);
    }

    private void strike(Kind kind) {
        Machine machine = victim();
        long longUs = dice.skewedUs(100, 20_000);
        world.tally.count("fault " + kind);
        machine.trace("fault", kind.toString());
        switch (kind) {
            case AGENT_STALLS -> machine.agent.stall(dice.skewedUs(50, 10_000));
            case AGENT_CRASHES -> machine.agent.crash();
            case SERVER_CRASHES -> machine.server.kill("signal:11", dice.msToUs(1, 40));
            case SERVER_CRASHES_AHEAD -> crashAhead(machine);
            case TAKING_CUT_OFF -> cutTakingOff(machine);
            case MACHINE_FREEZES -> machine.freeze(dice.skewedUs(50, 12_000));
            case MACHINE_CRASHES -> crash(machine, longUs, VOLUME_AWAY);
            case GATE_CRASHES -> machine.gate.crash();
            case GATE_TERMINATES -> machine.gate.terminate();
            case ONE_WAY_CUT -> cut(machine, dice.pick(world.machines), false, longUs);
            case PAIR_CUT -> cut(machine, dice.pick(world.machines), true, longUs);
            case MEMBER_CUT -> world.machines.forEach(other -> cut(machine, other, true, longUs));
            case MEMBER_CUT_FROM_ALL -> {
                world.machines.forEach(other -> cut(machine, other, true, longUs));
                cutFromStore(machine, longUs);
            }
            case STORE_OUT -> {
                world.store.outage(true);
                later(longer(longUs), () -> world.store.outage(false));
            }
            case MEMBER_CUT_FROM_STORE -> cutFromStore(machine, longer(longUs));
            case RECORD_DELETED -> deleteRecord();
            case PROMOTED_BY_HAND -> promoteByHand(machine);
            case DATA_LOST -> strand(machine, true);
            case DATA_BROKEN -> strand(machine, false);
            case ALL_AGENTS_CRASH -> world.machines.forEach(other -> other.agent.crash());
            case ALL_MACHINES_CRASH ->
                world.machines.forEach(other -> crash(other, dice.skewedUs(500, 20_000), VOLUME_AWAY));
            case RECORD_LOST -> loseRecord();
        }
    }

    /** The others' walreceivers are slow, so that what the server wrote last is nowhere else; the machine may follow. */
    private void crashAhead(Machine machine) {
        long us = dice.msToUs(100, 2_000);
        for (Machine other : world.machines) {
            if (other != machine && dice.chance(0.9)) {
                other.server.receiver.slow(us);
            }
        }
        world.agenda.at(world.nowUs() + us / 2, () -> machine.server.kill("signal:11", dice.msToUs(1, 40)));
        if (dice.chance(0.3)) {
            long downUs = dice.msToUs(500, 20_000);
            world.agenda.at(world.nowUs() + us / 2 + dice.msToUs(20, 1_500), () -> crash(machine, downUs, VOLUME_AWAY));
        }
    }

    /**
     * A standby's taking stalls or is cut off in the middle, and whose WAL it was is gone. Who leads then has more of that than the
     * standby, and forks before the end of what was copied: it was out of reach.
     */
    private void cutTakingOff(Machine holder) {
        if (!holder.server.canWrite() || world.machines.size() < 3) {
            return;
        }
        long us = dice.msToUs(150, 1_500);
        Machine taker = dice.pick(others(holder));
        taker.server.receiver.slow(us);
        later(
                us / 3,
                () -> others(holder).stream()
                        .filter(other -> other != taker)
                        .forEach(other -> cut(holder, other, true, us + LONG_ENOUGH_US)));
        later(2 * us / 3, () -> holder.server.kill("signal:11", dice.msToUs(1, 40)));
        long downUs = dice.msToUs(3_000, 20_000);
        taker.actions.cutTakingOff(() -> crash(holder, downUs, VOLUME_AWAY));
        later(us + LONG_ENOUGH_US, () -> taker.actions.cutTakingOff(null));
    }

    private List<Machine> others(Machine machine) {
        return world.machines.stream().filter(other -> other != machine).toList();
    }

    /** Now and then longer than a store lease lasts. */
    private long longer(long us) {
        return dice.chance(0.4) ? dice.msToUs(16_000, 50_000) : us;
    }

    /** Nobody has a copy: the cluster is to form again from what lies on the disks. Volumes come late, or are lost. */
    private void loseRecord() {
        boolean complete = world.machines.stream().allMatch(machine -> machine.disk.complete());
        if (!complete || !world.store.canDelete()) {
            return;
        }
        world.tally.count("record lost with every member down");
        world.machines.forEach(machine -> crash(machine, dice.skewedUs(500, 20_000), 0.5));
        world.store.delete();
    }

    /** @param away how likely it is that the volume is not there at the boot */
    private void crash(Machine machine, long us, double away) {
        machine.crash();
        later(us, () -> {
            // What the mutation is about is rare otherwise.
            boolean often = world.mutation == Mutation.FORMER_DATA_COUNTS;
            if (dice.chance(often ? 0.9 : away)) {
                machine.disk.goAway();
                boolean late = dice.chance(often ? 0.9 : away > 0.25 ? 0.6 : 0.3);
                later(late ? dice.msToUs(31_000, 60_000) : dice.skewedUs(500, 30_000), () -> bringVolume(machine));
            }
            machine.boot();
        });
    }

    private void bringVolume(Machine machine) {
        machine.disk.comeBack();
        if (machine.disk.covered()) {
            world.tally.count("volume mounted over a clone");
            if (world.mutation == Mutation.FORMER_DATA_COUNTS) {
                machine.disk.takeVolume();
            }
            later(dice.msToUs(2_000, 25_000), machine.disk::uncover);
        }
    }

    private void cut(Machine from, Machine to, boolean both, long us) {
        if (from == to) {
            return;
        }
        world.network.cut(from, to, true);
        later(us, () -> world.network.cut(from, to, false));
        if (both) {
            world.network.cut(to, from, true);
            // Now and then one way is back before the other.
            long backUs = dice.chance(0.3) ? dice.skewedUs(100, 5_000) : us;
            later(backUs, () -> world.network.cut(to, from, false));
        }
    }

    private void cutFromStore(Machine machine, long us) {
        world.store.cutOff(machine, true);
        later(us, () -> world.store.cutOff(machine, false));
    }

    /**
     * Who put it there did not make it anew by then: an operator does. Not where a member has no memory of a cluster, for
     * that would form another one.
     */
    private void deleteRecord() {
        boolean remembered =
                world.machines.stream().allMatch(machine -> machine.disk.content != DataFacts.Content.EMPTY);
        if (remembered && world.store.canDelete()) {
            world.tally.count("record deleted");
            world.store.delete();
            later(dice.msToUs(1_000, 20_000), world.store::putBack);
        }
    }

    private void promoteByHand(Machine machine) {
        // Whoever promotes the only copy that may lead has left the cluster nothing to follow.
        if (machine.server.answers() && machine.server.receiver.streaming()) {
            machine.server.promote();
        }
    }

    /** Where hardly any lag is allowed all other servers end first, so that nobody may lead by himself afterwards. */
    private void strand(Machine machine, boolean all) {
        if (!world.climate.strict() || !machine.server.canWrite()) {
            ruin(machine, all);
            return;
        }
        world.machines.stream()
                .filter(other -> other != machine)
                .forEach(other -> other.server.kill("signal:9", dice.msToUs(1, 40)));
        later(dice.msToUs(300, 1_500), () -> ruin(machine, all));
    }

    /** Only where another member has what it takes to go on: whoever loses the only copy has lost it. */
    private void ruin(Machine machine, boolean all) {
        if (!machine.disk.complete() || !machine.isUp() || !othersCanLead(machine)) {
            return;
        }
        world.tally.count(all ? "data lost" : "data broken");
        if (!all) {
            machine.disk.broken = true;
        } else if (machine.server.exists()) {
            machine.disk.doomed = true;
        } else {
            machine.disk.lose();
        }
        machine.server.kill("signal:7", dice.msToUs(1, 40));
    }

    private boolean othersCanLead(Machine machine) {
        ClusterRecord record = world.store.record();
        return record != null
                && world.machines.stream()
                        .filter(other -> other != machine)
                        .anyMatch(other -> other.disk.complete()
                                && !other.disk.mixed
                                && !other.disk.broken
                                && other.disk.standbySignal
                                && !other.disk.doomed
                                && record.lists(other.voterFile.voter(), other.name)
                                && fits(record.history(), other.disk.position()));
    }

    /** Past a fork it waits for somebody to repair it from. */
    private static boolean fits(List<Branch> history, @Nullable WalPosition position) {
        for (int i = 0; position != null && i < history.size(); i++) {
            if (history.get(i).same(position.term(), position.timeline())) {
                Lsn left = i + 1 < history.size() ? history.get(i + 1).start() : null;
                return i + 1 == history.size() || left != null && position.lsn().compareTo(left) <= 0;
            }
        }
        return false;
    }

    private void later(long us, Runnable entry) {
        world.agenda.at(world.nowUs() + us, entry);
    }

    /** All faults end now. */
    void cease() {
        world.network.healAll();
        world.store.outage(false);
        for (Machine machine : world.machines) {
            world.store.cutOff(machine, false);
            machine.boot();
            if (!machine.runs()) {
                machine.thaw();
            }
            machine.agent.goOn();
        }
    }
}
