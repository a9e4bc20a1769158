package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.model.MemberName;
import java.util.ArrayList;
import java.util.List;

/** Links between machines, each direction for itself, and the gossip connections over them. */
final class SimNetwork {
    private static final long LOOK_TIMEOUT_US = 250_000;
    private final World world;
    private final Dice dice;
    private final boolean[][] cut;
    private final List<Connection> connections = new ArrayList<>();

    SimNetwork(World world, int members) {
        this.world = world;
        this.dice = world.dice.split();
        cut = new boolean[members][members];
    }

    void begin() {
        for (Machine a : world.machines) {
            for (Machine b : world.machines) {
                if (a.index < b.index) {
                    Connection connection = new Connection(world, dice.split(), a, b);
                    connections.add(connection);
                    connection.seek();
                }
            }
        }
    }

    /** Whether packets pass, with {@code back} also the answers. A frozen or dead machine takes none. */
    boolean open(Machine from, Machine to, boolean back) {
        return from.runs() && to.runs() && !cut[from.index][to.index] && (!back || !cut[to.index][from.index]);
    }

    /** Whether one direction is cut, whatever the machines do. */
    boolean isCut(Machine from, Machine to) {
        return cut[from.index][to.index];
    }

    long delayUs(Machine from, Machine to) {
        long us = from == to ? 20 : dice.skewedUs(0.1, world.climate.delayMs());
        return dice.chance(world.lossNow()) ? us + 200_000 : us;
    }

    void cut(Machine from, Machine to, boolean closed) {
        if (cut[from.index][to.index] == closed) {
            return;
        }
        cut[from.index][to.index] = closed;
        if (world.trace.on()) {
            world.trace.line(world.nowUs(), "net", -1, "link", from + " to " + to + (closed ? " cut" : " heals"));
        }
        from.server.receiver.networkChanged();
        to.server.receiver.networkChanged();
    }

    void healAll() {
        for (Machine from : world.machines) {
            for (Machine to : world.machines) {
                cut(from, to, false);
            }
        }
    }

    /** A machine froze, thawed, died or boots. */
    void machineChanged(Machine machine) {
        for (Machine other : world.machines) {
            if (other != machine && other.server.receiver.streamsFrom(machine)) {
                other.server.receiver.networkChanged();
            }
        }
        machine.server.receiver.networkChanged();
    }

    /** An agent's process ended: its kernel closes its connections where the machine still lives. */
    void agentEnded(Machine machine, boolean kernelLives) {
        for (Connection connection : connections) {
            if (connection.joins(machine)) {
                connection.ended(machine, kernelLives);
            }
        }
    }

    void send(Machine from, MemberName to, Message message) {
        for (Connection connection : connections) {
            if (connection.joins(from) && connection.other(from).name.equals(to)) {
                connection.send(from, message);
                return;
            }
        }
    }

    /** Opens a TCP connection to a postgres port: the target's kernel answers while a server listens, frozen or not. */
    void lookAt(Machine from, MemberName member) {
        Machine to = world.machine(member);
        long life = from.agent.life();
        if (to == null || !to.runs() || isCut(from, to)) {
            looked(from, life, member, false, LOOK_TIMEOUT_US);
            return;
        }
        long there = delayUs(from, to);
        long back = delayUs(to, from);
        world.agenda.at(world.nowUs() + there, () -> {
            boolean reached = open(from, to, true);
            boolean listens = reached && to.server.exists();
            looked(from, life, member, listens, reached ? back : LOOK_TIMEOUT_US);
        });
    }

    private void looked(Machine from, long life, MemberName member, boolean answered, long us) {
        from.after(us, () -> from.agent.deliver(life, new Event.Looked(member, answered)));
    }
}
