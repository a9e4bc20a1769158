package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.ha.Peer;
import java.util.ArrayDeque;

/**
 * The gossip connection of a pair of members: TCP, so each direction in order, segments repeated while a link is
 * cut, everything undelivered lost with the connection.
 */
final class Connection {
    private static final long REPEAT_US = 200_000;
    private static final long IDLE_US = 3_000_000;
    private final World world;
    private final Dice dice;
    private final Machine a;
    private final Machine b;
    private boolean up;
    private long number;
    private boolean seeking;
    private long suspectedSinceUs = -1;
    private final Direction toA;
    private final Direction toB;

    /** What is under way to one end. */
    private static final class Direction {
        final Machine from;
        final Machine to;
        final ArrayDeque<Flight> flights = new ArrayDeque<>();
        boolean pumping;
        long fromLife;
        long toLife;

        Direction(Machine from, Machine to) {
            this.from = from;
            this.to = to;
        }
    }

    private record Flight(Message message, long dueUs) {}

    Connection(World world, Dice dice, Machine a, Machine b) {
        this.world = world;
        this.dice = dice;
        this.a = a;
        this.b = b;
        toA = new Direction(b, a);
        toB = new Direction(a, b);
    }

    boolean joins(Machine machine) {
        return machine == a || machine == b;
    }

    Machine other(Machine machine) {
        return machine == a ? b : a;
    }

    void seek() {
        if (!seeking) {
            seeking = true;
            world.agenda.at(world.nowUs() + dice.msToUs(20, 400), this::tryOpen);
        }
    }

    private void tryOpen() {
        seeking = false;
        if (up) {
            return;
        }
        if (!a.agent.listens() || !b.agent.listens() || !world.network.open(a, b, true)) {
            seek();
            return;
        }
        up = true;
        number++;
        suspectedSinceUs = -1;
        toA.flights.clear();
        toB.flights.clear();
        toA.pumping = false;
        toB.pumping = false;
        toA.fromLife = b.agent.life();
        toA.toLife = a.agent.life();
        toB.fromLife = a.agent.life();
        toB.toLife = b.agent.life();
        greet(toA);
        greet(toB);
    }

    private void greet(Direction way) {
        Event.Connected event = new Event.Connected(peer(way.from));
        long current = number;
        way.to.after(world.network.delayUs(way.from, way.to), () -> {
            if (current == number && up) {
                way.to.agent.deliver(way.toLife, event);
            }
        });
    }

    static Peer peer(Machine machine) {
        return new Peer(machine.name, machine.voterFile.voter(), machine.gate.incarnation());
    }

    void send(Machine from, Message message) {
        if (!up) {
            return;
        }
        Direction way = from == a ? toB : toA;
        if (way.fromLife != from.agent.life()) {
            return;
        }
        long due = world.nowUs() + world.network.delayUs(from, way.to);
        way.flights.add(new Flight(message, due));
        if (dice.chance(world.climate.duplicates())) {
            way.flights.add(new Flight(message, due + dice.msToUs(0, 50)));
        }
        pump(way, due);
    }

    private void pump(Direction way, long dueUs) {
        if (way.pumping) {
            return;
        }
        way.pumping = true;
        long current = number;
        world.agenda.at(dueUs, () -> {
            if (current == number && up) {
                way.pumping = false;
                arrive(way);
            }
        });
    }

    private void arrive(Direction way) {
        // The acknowledgements of TCP do not come back through a link cut the other way, but the data arrives.
        if (!way.to.runs() || world.network.isCut(way.from, way.to)) {
            suspect();
            pump(way, world.nowUs() + REPEAT_US);
            return;
        }
        if (!world.network.isCut(way.to, way.from) && way.to.agent.listens()) {
            suspectedSinceUs = -1;
        } else {
            suspect();
        }
        while (!way.flights.isEmpty() && way.flights.element().dueUs() <= world.nowUs()) {
            Flight flight = way.flights.remove();
            way.to.agent.receive(way.toLife, peer(way.from), flight.message());
        }
        Flight next = way.flights.peek();
        if (next != null) {
            pump(way, next.dueUs());
        }
    }

    /** Nothing comes through: closed by both ends after a while of silence. */
    private void suspect() {
        if (suspectedSinceUs < 0) {
            suspectedSinceUs = world.nowUs();
        } else if (world.nowUs() - suspectedSinceUs > IDLE_US) {
            close(a, false);
            close(b, false);
        }
    }

    /** The agent at one end is gone. */
    void ended(Machine machine, boolean kernelLives) {
        if (!up) {
            return;
        }
        Machine rest = other(machine);
        if (kernelLives && world.network.open(machine, rest, false)) {
            close(rest, true);
        } else {
            long current = number;
            Direction way = rest == a ? toA : toB;
            long life = way.toLife;
            up = false;
            rest.after(dice.msToUs(1_000, 3_000), () -> {
                if (current == number) {
                    rest.agent.deliver(life, new Event.Disconnected(machine.name, false));
                    seek();
                }
            });
            // Should the rest of the pair die meanwhile, a new connection is sought all the same.
            world.agenda.at(world.nowUs() + 4_000_000, () -> {
                if (current == number) {
                    seek();
                }
            });
        }
    }

    private void close(Machine end, boolean reset) {
        up = false;
        Direction way = end == a ? toA : toB;
        long life = way.toLife;
        Event.Disconnected event = new Event.Disconnected(other(end).name, reset);
        end.after(dice.msToUs(0.1, 2), () -> end.agent.deliver(life, event));
        seek();
    }
}
