package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must hold after every event, whatever goes wrong. Breaking one throws a {@link Violation}. */
final class Invariants {
    /** Who was there for so long has been heard of. */
    private static final long PRESENT_US = 20_000_000;

    private final World world;
    private final Term[] promised;
    /** For each member and term: until when an acknowledgement still counts for the primary, in virtual time. */
    private final List<TreeMap<Term, Long>> countedUntilUs = new ArrayList<>();
    /** What the successor that a hand-over named must have when it leads. */
    private final Wal.@Nullable Tip[] handedOver;
    /** What was acknowledged and the last that handed over had; null within the bound of a server that is given up. */
    private Wal.@Nullable Tip left;
    /** Acknowledged by the latest writer. */
    private Wal.@Nullable Tip acknowledged;
    /** Flushed by every member at some time: no primary may ever lack it. */
    private Wal.@Nullable Tip universal;
    /** Of the first server that the present cluster was formed from; null before. */
    private @Nullable Formed formed;

    private @Nullable String identifier;
    /** The record is that of a cluster that is not there yet. */
    private boolean unformed;

    private final long[] presentSinceUs;

    /** Where a cluster began. */
    private record Formed(Wal.Tip tip, WalPosition from, int lastWal) {}

    Invariants(World world, int members) {
        this.world = world;
        promised = new Term[members];
        Arrays.fill(promised, Term.NONE);
        for (int i = 0; i < members; i++) {
            countedUntilUs.add(new TreeMap<>());
        }
        handedOver = new Wal.Tip[members];
        presentSinceUs = new long[members];
    }

    /** Never two writers, but for the documented bounds. */
    void writers() {
        Machine writer = null;
        for (Machine machine : world.machines) {
            if (machine.server.canWrite() && machine.graceUntilUs < world.nowUs()) {
                if (writer != null) {
                    throw new Violation("two writers", writer + " and " + machine);
                }
                writer = machine;
            }
        }
    }

    void sending(Machine machine, Message message) {
        int member = machine.index;
        switch (message) {
            case Message.Promise promise -> {
                Term term = promise.term();
                require(machine.voterFile.promised().atLeast(term), "promise durable", machine, message);
                for (long untilUs :
                        countedUntilUs.get(member).headMap(term, true).values()) {
                    require(world.nowUs() >= untilUs, "promise after lease", machine, message);
                }
                promised[member] = term.atLeast(promised[member]) ? term : promised[member];
            }
            case Message.HeartbeatAck ack -> {
                require(!promised[member].atLeast(ack.term()), "promise kept", machine, message);
                require(machine.voterFile.greatestLeaseMs() >= ack.leaseMs(), "lease durable", machine, message);
                countLease(machine, ack);
            }
            case Message.Heartbeat beat -> {}
            case Message.HeartbeatRefused refused -> {}
            case Message.PromiseRequest request -> {}
            case Message.ReportRequest request -> {}
            case Message.Report report -> {}
            case Message.WalOffer offer -> {}
            case Message.WalRefusal refusal -> {}
            case Message.Farewell farewell -> {}
        }
    }

    private void countLease(Machine machine, Message.HeartbeatAck ack) {
        ClusterRecord record = world.store.record();
        Machine primary = null;
        if (record != null && record.term().equals(ack.term()) && record.holder() instanceof Holder.Held held) {
            primary = world.machine(held.member());
        }
        if (primary != null && ack.sentMs() <= primary.clockMs()) {
            long untilUs = primary.clock.virtualUs(ack.sentMs() + ack.leaseMs() - world.tuning.marginMs());
            countedUntilUs.get(machine.index).merge(ack.term(), untilUs, Math::max);
        }
    }

    private static void require(boolean holds, String invariant, Machine machine, Message message) {
        if (!holds) {
            throw new Violation(invariant, machine + " sends " + message);
        }
    }

    /** A compare-and-set is applied, over what was stored last. */
    void recordWritten(Machine machine, @Nullable ClusterRecord old, ClusterRecord next, boolean creates) {
        identified(machine, next);
        if (old == null) {
            return;
        }
        if (creates && next.systemIdentifier() == null) {
            formedAgain(machine);
        }
        String by = machine + " writes " + Describe.record(next) + " over " + Describe.record(old);
        if (!next.term().atLeast(old.term())) {
            throw new Violation("terms grow", by);
        }
        boolean changes = next.holder() instanceof Holder.Held held
                && !(old.holder() instanceof Holder.Held former
                        && former.member().equals(held.member()));
        if (changes && next.term().equals(old.term())) {
            throw new Violation("terms grow with the holder", by);
        }
        if (next.term().equals(old.term()) && next.renewal() <= old.renewal()) {
            throw new Violation("renewals grow", by);
        }
        boolean named = old.holder() instanceof Holder.Named name
                && next.holder() instanceof Holder.Held held
                && held.member().equals(name.successor());
        handedOver[machine.index] = named && changes ? left : null;
        if (next.holder() instanceof Holder.Named) {
            // Data that is missing is given up as well, and its volume may come back the moment after.
            boolean givenUp = machine.startsGivenUp() || !machine.disk.complete();
            left = givenUp ? null : acknowledgedAt(machine);
            world.tally.count(givenUp ? "bound: handed over by a server that is given up" : "handed over");
        }
        if (changes) {
            world.tally.count("holder changes");
        }
    }

    /** A cluster that is formed again goes on from where the data of its first server ends now. */
    private void identified(Machine machine, ClusterRecord next) {
        String system = next.systemIdentifier();
        if (system == null) {
            formed = null;
        } else if (identifier != null && !identifier.equals(system)) {
            throw new Violation("one system identifier", machine + " writes " + Describe.record(next));
        } else if (unformed && identifier != null) {
            formed = new Formed(machine.disk.tip(), Objects.requireNonNull(machine.position()), world.lastWal());
        }
        unformed = system == null;
        identifier = system == null ? identifier : system;
    }

    /** Of those that were there all the time, nobody has more. */
    private void formedAgain(Machine machine) {
        world.tally.count("formed again" + (machine.disk.standbySignal ? " from a standby's data" : ""));
        WalPosition position = machine.position();
        for (Machine other : world.machines) {
            WalPosition theirs = other.position();
            boolean newer = theirs != null && position != null && theirs.compareTo(position) > 0;
            if (newer && world.nowUs() - presentSinceUs[other.index] > PRESENT_US) {
                throw new Violation(
                        "formed from the newest", machine + " at " + position + ", " + other + " at " + theirs);
            }
            if (newer) {
                world.tally.count("bound: formed again without the newest");
            }
        }
    }

    /** A directory is about to be rewound or cloned over: not one that went on where the cluster was formed without it. */
    void replaced(Machine machine) {
        WalPosition position = machine.position();
        if (formed == null || position == null || machine.reinitAsked || !machine.disk.complete()) {
            return;
        }
        Wal.Tip tip = machine.disk.tip();
        boolean before = tip.wal().id <= formed.lastWal();
        boolean more = position.compareTo(formed.from()) > 0;
        if (before && more && !formed.tip().contains(tip)) {
            throw new Violation("newer data is kept", machine + " at " + position + ", formed from " + formed.from());
        }
    }

    private static boolean isPresent(World world, Machine machine) {
        return machine.agent.listens()
                && machine.disk.complete()
                && !machine.disk.broken
                && world.store.reaches(machine)
                && world.machines.stream()
                        .allMatch(
                                other -> other == machine || !other.runs() || world.network.open(machine, other, true));
    }

    /** A holder that took over may lack what its predecessor acknowledged last; it has nothing of that to hand over. */
    private Wal.@Nullable Tip acknowledgedAt(Machine machine) {
        Wal.Tip tip = machine.disk.flushed;
        return acknowledged != null && tip != null && tip.contains(acknowledged) ? acknowledged : null;
    }

    void acknowledged(Wal.Tip tip) {
        acknowledged = tip;
    }

    /** What a standby was given it must not have alone: its source would come back with less on the same branch. */
    void powerLost(Machine machine) {
        Wal.Tip own = machine.disk.flushed;
        for (Machine other : world.machines) {
            Wal.Tip theirs = other.disk.flushed;
            boolean ahead = other != machine
                    && own != null
                    && theirs != null
                    && theirs.wal() == own.wal()
                    && theirs.lsn() > own.lsn()
                    && machine.disk.cached > own.lsn();
            if (ahead) {
                throw new Violation(
                        "nobody has more than its source's disk",
                        other + " is at " + theirs + ", " + machine + " at " + own);
            }
        }
    }

    /** A server has just left recovery. */
    void promoted(Machine machine) {
        world.tally.count("promoted");
        Wal.Tip tip = machine.disk.tip();
        if (machine.disk.mixed) {
            throw new Violation("a mixed directory never leads", machine + " leads from " + tip);
        }
        Wal.Tip handed = handedOver[machine.index];
        if (handed != null && !tip.contains(handed)) {
            throw new Violation("a hand-over loses nothing", machine + " leads from " + tip + " without " + handed);
        }
        handedOver[machine.index] = null;
        requireUniversal(machine, tip);
        if (acknowledged != null && !tip.contains(acknowledged)) {
            world.tally.count("promoted without all that was acknowledged");
        }
    }

    private void requireUniversal(Machine machine, Wal.Tip tip) {
        if (universal != null && !tip.contains(universal)) {
            throw new Violation("what all had stays", machine + " is at " + tip + " without " + universal);
        }
    }

    /** Finds what every member has; called now and then. */
    void survey() {
        for (Machine machine : world.machines) {
            if (!isPresent(world, machine)) {
                presentSinceUs[machine.index] = world.nowUs();
            }
        }
        findUniversal();
    }

    /** Its agent has to tell anew what it has. */
    void absent(Machine machine) {
        presentSinceUs[machine.index] = world.nowUs();
    }

    private void findUniversal() {
        Wal.Tip common = null;
        for (Machine machine : world.machines) {
            Wal.Tip tip = machine.disk.flushed;
            if (tip == null || !machine.disk.complete()) {
                return;
            }
            requireUniversal(machine, tip);
            common = common == null ? tip : common.common(tip);
            if (common == null) {
                return;
            }
        }
        universal = common;
    }

    /** A standby receives WAL: not from a holder that it promised not to follow. */
    void receiving(Machine machine) {
        ClusterRecord record = world.store.record();
        if (record != null && promised[machine.index].atLeast(record.term())) {
            throw new Violation(
                    "who promised receives nothing",
                    machine + " promised against " + promised[machine.index] + " and receives WAL");
        }
    }

    /** A standby received WAL, and recovery goes on with what lies behind it, on the timeline that it is on. */
    void replaying(Machine machine) {
        Wal.Tip remains = machine.disk.remains;
        if (remains != null && machine.disk.fillsGap()) {
            Wal.Tip own = machine.disk.tip();
            if (!remains.contains(own)) {
                throw new Violation(
                        "recovery does not leave the history", machine + " at " + own + " replays to " + remains);
            }
            machine.disk.flushed = remains;
            world.tally.count("went on through what a taking left");
        }
    }

    /**
     * A standby received WAL that does not continue its own. No member can prevent it that has not heard of the change
     * of holder, but its note of the branch must tell, so that it is cloned and never leads.
     */
    void mixed(Machine machine, Wal.Tip own, Wal.Tip received) {
        ClusterRecord record = world.store.record();
        int timeline = own.wal().timeline;
        Term noted = machine.terms().get(timeline);
        boolean current = record == null
                || record.history().stream()
                        .anyMatch(branch -> branch.timeline().id() == timeline
                                && branch.term().equals(noted));
        if (current) {
            throw new Violation("branches are not mixed", machine + " at " + own + " receives " + received);
        }
        world.tally.count("bound: received WAL of another branch");
        machine.disk.mixed = true;
    }

    /** Why the cluster has not recovered, or null when it has. */
    @Nullable
    String obstacle() {
        ClusterRecord record = world.store.record();
        if (record == null || !(record.holder() instanceof Holder.Held held)) {
            return "nobody holds the record";
        }
        Machine primary = world.machine(held.member());
        if (primary == null || !primary.server.canWrite() || !primary.gate.permits()) {
            return held.member() + " holds the record and does not write";
        }
        List<Machine> others =
                world.machines.stream().filter(other -> other != primary).toList();
        for (Machine other : others) {
            boolean follows = other.server.answers()
                    && other.server.recovering()
                    && other.server.receiver.streamsFrom(primary)
                    && other.disk.tip().wal() == primary.disk.tip().wal();
            if (!follows) {
                return other + " does not follow " + primary;
            }
        }
        return null;
    }
}
