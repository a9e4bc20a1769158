package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Source;
import org.jspecify.annotations.Nullable;

/**
 * One standby's end of streaming replication. As in PostgreSQL it judges its source by system identifier, timeline
 * ids and positions alone: it cannot see that two members made the same timeline id (A3), and it reconnects by
 * itself whenever primary_conninfo names somebody.
 */
final class WalReceiver {
    private static final long RETRY_US = 250_000;
    private static final long TIMEOUT_US = 5_000_000;
    private final Machine machine;
    private final SimServer server;
    private @Nullable Machine upstream;
    private @Nullable String problem;
    /** The life of the source's server, and the branch, that this connection is one with. */
    private long upstreamLaunch;

    private @Nullable Wal upstreamWal;
    private long connection;
    private long confirmed;
    private boolean seeking;
    private long slowUntilUs;

    WalReceiver(Machine machine, SimServer server) {
        this.machine = machine;
        this.server = server;
    }

    boolean streaming() {
        return upstream != null;
    }

    boolean streamsFrom(Machine source) {
        return upstream == source;
    }

    @Nullable
    String problem() {
        return problem;
    }

    /** Flushed here, as its source was last told. */
    long confirmed() {
        return confirmed;
    }

    void disconnect(String why) {
        if (upstream != null) {
            machine.trace("walrecv", "ends: " + why);
        }
        upstream = null;
        connection++;
        seeking = false;
        problem = null;
    }

    /** What comes waits; what has not come when the connection ends never does. */
    void slow(long us) {
        slowUntilUs = machine.world.nowUs() + us;
    }

    /** Tries to stream from what primary_conninfo names, again and again until it does. */
    void seek() {
        if (!seeking && upstream == null) {
            seeking = true;
            turn(connection);
        }
    }

    private void turn(long attempt) {
        if (attempt != connection || !seeking) {
            return;
        }
        Source source = machine.disk.source;
        boolean wanted = server.up() && server.recovering() && server.localReplayed() && !server.promoting();
        if (!wanted || source == null) {
            seeking = false;
            return;
        }
        Machine other = machine.world.machine(source.member());
        if (other != null
                && other != machine
                && machine.world.network.open(machine, other, true)
                && other.server.answers()) {
            problem = compare(other);
            if (problem == null) {
                connect(other);
                return;
            }
        }
        server.after(RETRY_US + machine.world.dice.msToUs(0, 50), () -> turn(attempt));
    }

    private @Nullable String compare(Machine other) {
        if (!String.valueOf(machine.disk.systemIdentifier).equals(other.disk.systemIdentifier)) {
            return "the system identifier differs";
        }
        Wal.Tip own = machine.disk.tip();
        Wal at = other.disk.tip().wal();
        long end = Long.MAX_VALUE;
        while (at.timeline != own.wal().timeline) {
            if (at.parent == null) {
                return "timeline " + own.wal().timeline + " is not in this server's history";
            }
            end = at.fork;
            at = at.parent;
        }
        return own.lsn() > end ? "timeline " + own.wal().timeline + " forked off before " + own : null;
    }

    private void connect(Machine other) {
        seeking = false;
        connection++;
        upstream = other;
        upstreamLaunch = other.server.launch();
        upstreamWal = other.disk.tip().wal();
        confirmed = machine.disk.tip().lsn();
        for (Wal at = other.disk.tip().wal(); at.parent != null; at = at.parent) {
            machine.disk.histories.add(at.timeline);
        }
        machine.trace("walrecv", "streams from " + other + " at " + machine.disk.tip());
        other.server.receiver.shipTo(this);
    }

    private void shipTo(WalReceiver standby) {
        if (!server.answers()) {
            return;
        }
        Wal.Tip tip = machine.disk.tip();
        long current = standby.connection;
        if (standby.upstreamLaunch != server.launch() || standby.upstreamWal != tip.wal()) {
            // Another life of the server knows nothing of the connection; another timeline ends the stream.
            standby.machine.after(machine.world.network.delayUs(machine, standby.machine), () -> {
                if (current == standby.connection) {
                    standby.reset("the source is another");
                }
            });
            return;
        }
        Machine target = standby.machine;
        target.after(machine.world.network.delayUs(machine, target), () -> {
            if (current == standby.connection && machine.world.network.open(machine, target, false)) {
                standby.server.after(0, () -> standby.receive(current, tip));
            }
        });
    }

    private void receive(long current, Wal.Tip tip) {
        if (current != connection || !server.exists()) {
            return;
        }
        if (machine.world.nowUs() < slowUntilUs) {
            machine.after(slowUntilUs - machine.world.nowUs(), () -> receive(current, tip));
            return;
        }
        Wal.Tip own = machine.disk.tip();
        if (tip.contains(own)) {
            if (tip.lsn() > own.lsn()) {
                machine.world.invariants.receiving(machine);
                machine.disk.flushed = tip;
                machine.world.invariants.replaying(machine);
                ship(machine);
            }
        } else if (!own.contains(tip)) {
            machine.world.invariants.mixed(machine, own, tip);
        }
        Machine source = upstream;
        if (source != null && machine.world.network.open(machine, source, false)) {
            confirmed = machine.disk.tip().lsn();
        }
    }

    /** Sends what is new to everybody who streams from {@code source}. */
    static void ship(Machine source) {
        if (!source.server.answers()) {
            return;
        }
        for (Machine other : source.world.machines) {
            if (other.server.receiver.upstream == source) {
                source.server.receiver.shipTo(other.server.receiver);
            }
        }
    }

    /** The last of a clean shutdown: whoever is connected gets it before the connection ends. */
    static void farewell(Machine source) {
        for (Machine other : source.world.machines) {
            WalReceiver receiver = other.server.receiver;
            if (receiver.upstream == source && source.world.network.open(source, other, true) && other.runs()) {
                receiver.receive(receiver.connection, source.disk.tip());
            }
        }
    }

    /** {@code source} no longer answers: noticed after the walreceiver's time-out. */
    static void silent(Machine source) {
        for (Machine other : source.world.machines) {
            WalReceiver receiver = other.server.receiver;
            if (receiver.upstream == source) {
                receiver.suspect(source);
            }
        }
    }

    private void suspect(Machine source) {
        long current = connection;
        machine.after(TIMEOUT_US, () -> {
            if (current == connection
                    && (!source.server.answers() || !machine.world.network.open(machine, source, true))) {
                disconnect("time-out");
                seek();
            }
        });
    }

    /** {@code source}'s server ended: its kernel says so where it can be heard. */
    static void sourceEnded(Machine source) {
        for (Machine other : source.world.machines) {
            WalReceiver receiver = other.server.receiver;
            if (receiver.upstream == source) {
                if (source.world.network.open(source, other, false)) {
                    receiver.disconnect("source ended");
                    receiver.seek();
                } else {
                    receiver.suspect(source);
                }
            }
        }
    }

    /** {@code source} makes another timeline: its walsenders end the stream at the switch. */
    static void timelineChanged(Machine source) {
        sourceEnded(source);
    }

    /** The network changed: what waited goes on, what is cut is suspected. */
    void networkChanged() {
        Machine source = upstream;
        if (source == null) {
            return;
        }
        if (machine.world.network.open(machine, source, true) && source.server.answers()) {
            source.server.receiver.shipTo(this);
        } else {
            suspect(source);
        }
    }

    /** primary_conninfo was changed and reloaded. */
    void reloaded() {
        reset("reload");
    }

    private void reset(String why) {
        disconnect(why);
        seek();
    }
}
