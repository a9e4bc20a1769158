package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** People who ask for things, at good moments and at bad ones. */
final class Operator {
    /** Looks before an operator overrides the limit of lag: a member alone waits for a cold start first. */
    private static final int PATIENCE = 20;

    private final World world;
    private final Dice dice;
    private long asked;

    Operator(World world) {
        this.world = world;
        dice = world.dice.split();
    }

    void begin(long atUs, long untilUs) {
        world.agenda.at(atUs + dice.exponentialUs(world.climate.commandEveryMs()), () -> {
            if (world.nowUs() < untilUs) {
                command();
                begin(world.nowUs(), untilUs);
            }
        });
    }

    private void command() {
        String id = "o" + ++asked;
        Machine any = dice.pick(world.machines);
        Machine holder = holder();
        Machine at = holder == null || dice.chance(0.1) ? any : holder;
        switch (dice.index(10)) {
            case 0, 1, 2, 3 -> {
                MemberName target = dice.chance(0.3) ? null : any.name;
                ask(at, new Command.Switchover(id, target, dice.chance(0.05)));
            }
            case 4 -> ask(any, new Command.Failover(id, false, false, dice.chance(0.1)));
            case 5 -> {
                ask(any, new Command.Pause(id));
                world.agenda.at(world.nowUs() + dice.msToUs(500, 15_000), () -> ask(any, new Command.Resume(id + "r")));
            }
            case 6 -> ask(any, new Command.Restart(id));
            case 7 -> ask(any, new Command.Reinitialize(id));
            default -> ask(any, new Command.Retire(id));
        }
    }

    /** Ends a pause that the safety phase left behind. */
    void resumeUntil(long untilUs) {
        ClusterRecord record = world.store.record();
        if (world.nowUs() < untilUs) {
            if (record != null && record.paused()) {
                ask(dice.pick(world.machines), new Command.Resume("o" + ++asked));
            }
            world.agenda.at(world.nowUs() + 2_000_000, () -> resumeUntil(untilUs));
        }
    }

    /**
     * Accepts the loss of data where hardly any lag is allowed and nobody has led for a while: whoever has most is to
     * go on.
     *
     * @param idle how often in a row nobody was seen to lead
     */
    void overrideUntil(long untilUs, int idle) {
        if (world.nowUs() >= untilUs || !world.climate.strict()) {
            return;
        }
        boolean led = world.machines.stream().anyMatch(machine -> machine.server.canWrite());
        if (!led && idle >= PATIENCE) {
            world.machines.stream()
                    .filter(machine -> machine.server.answers() && machine.disk.position() != null)
                    .max(Comparator.comparing(machine -> Objects.requireNonNull(machine.disk.position())))
                    .ifPresent(machine -> {
                        world.tally.count("override");
                        ask(machine, new Command.Failover("o" + ++asked, true, unheld(), false));
                    });
        }
        world.agenda.at(world.nowUs() + 2_000_000, () -> overrideUntil(untilUs, led ? 0 : idle + 1));
    }

    /** Gives up what lies with a member whose data goes further than that from which the cluster was formed again. */
    void giveUpUntil(long untilUs) {
        if (world.nowUs() >= untilUs) {
            return;
        }
        world.machines.stream()
                .filter(machine -> machine.agent.rules().stream().anyMatch(rule -> rule.contains(" 136 ")))
                .forEach(machine -> {
                    world.tally.count("data ahead given up");
                    ask(machine, new Command.Reinitialize("o" + ++asked));
                });
        world.agenda.at(world.nowUs() + 10_000_000, () -> giveUpUntil(untilUs));
    }

    /** Then the word that the holder is off, which one that does not vote needs, is no lie. */
    private boolean unheld() {
        ClusterRecord record = world.store.record();
        return record != null && !(record.holder() instanceof Holder.Held);
    }

    private @Nullable Machine holder() {
        ClusterRecord record = world.store.record();
        MemberName name = record == null ? null : record.holder().memberOrNull();
        return name == null ? null : world.machine(name);
    }

    private void ask(Machine machine, Command command) {
        world.tally.count("command " + command.getClass().getSimpleName());
        machine.reinitAsked |= command instanceof Command.Reinitialize;
        if (machine.runs()) {
            machine.agent.command(command);
        }
    }

    void answered(Effect.Answer answer) {
        world.tally.count("answer " + answer.outcome());
    }
}
