package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.model.Timeline;

/** What a member does so that it can promise: the walreceiver is told to go, what is held is read once it is gone. */
final class Withdrawals {
    private static final long POLL_US = 15_000;
    private static final long ANSWER_US = 2_000_000;
    private final Machine machine;
    private final World world;
    private final SimServer server;
    private final DataDirectory disk;
    private long begun;

    Withdrawals(Machine machine) {
        this.machine = machine;
        world = machine.world;
        server = machine.server;
        disk = machine.disk;
    }

    /** How often receiving was stopped: nothing that was under way then may begin it again. */
    long begun() {
        return begun;
    }

    /** Runs beside an action. */
    void begin(long id) {
        long life = machine.agent.life();
        begun++;
        boolean honest = world.mutation != Mutation.WITHDRAWAL_LIES;
        if (honest && (server.exists() || startable())) {
            disk.source = null;
        }
        server.after(world.dice.msToUs(1, Math.max(1, 40 * world.climate.slowness())), () -> {
            if (honest) {
                server.receiver.reloaded();
            }
        });
        long us = world.dice.msToUs(50, 200 * world.climate.slowness());
        machine.after(us, () -> end(id, life, honest, world.nowUs() + ANSWER_US));
    }

    /** Where no server runs, and none could be started as a standby, nothing receives, and nothing is known. */
    private void end(long id, long life, boolean honest, long untilUs) {
        boolean live = server.exists();
        boolean waits = live && !server.answers() || machine.positionInDoubt();
        if (honest && waits && world.nowUs() < untilUs) {
            machine.after(POLL_US, () -> end(id, life, honest, untilUs));
            return;
        }
        Outcome outcome = honest && live ? ofServer() : Outcome.DONE;
        boolean done = outcome == Outcome.DONE;
        boolean standby = done && (live ? disk.complete() : startable());
        boolean known = standby
                && !machine.positionInDoubt()
                && (live ? server.answers() && (!server.recovering() || server.localReplayed()) : !disk.broken);
        world.tally.count("withdrawal " + outcome + (known ? "" : " without a position"));
        machine.agent.deliver(
                life,
                new Event.Withdrawn(
                        id,
                        outcome,
                        known ? machine.position() : null,
                        known ? new Timeline(disk.nextTimeline()) : null,
                        standby ? disk.data : null,
                        done && server.answers() ? server.facts() : null));
    }

    private boolean startable() {
        return disk.complete() && disk.standbySignal;
    }

    private Outcome ofServer() {
        return !server.answers() || server.receiver.streaming()
                ? Outcome.FAILED
                : server.recovering() ? Outcome.DONE : Outcome.REFUSED;
    }
}
