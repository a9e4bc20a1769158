package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Tuning;

/**
 * What kind of world a seed makes. Times in milliseconds, rates as probabilities, factors without a unit.
 *
 * @param maxRate how far a clock's rate may be from 1, so that two differ by at most ε (A10)
 * @param delayMs one way, usual upper end
 * @param loss of a segment: TCP repeats it 200 ms later
 * @param duplicates of messages across connections
 * @param gateMs the gate's reaction, at most 80: the margin less two grains of the clock
 * @param fsyncMs usual upper end of an fsync
 * @param slowness of actions on the server
 * @param actionFailure probability of any action to fail
 * @param storeLoss of a request or of its answer
 * @param storeLate of a request to be applied after its caller gave up
 * @param watchMs usual upper end of a watch's delay
 * @param faultEveryMs between two faults, on average
 * @param commandEveryMs between two commands of operators, on average
 * @param stallAtStep probability that an agent stalls between a step and its effects
 * @param crashAtStep probability that an agent dies among the effects of a step
 * @param writeEveryMs of the clients
 * @param calmMs at the start, while nothing goes wrong
 * @param safetyMs of faults
 * @param adopts whether one member brings a data directory
 */
record Climate(
        int members,
        double maxRate,
        double delayMs,
        double loss,
        double duplicates,
        double gateMs,
        double fsyncMs,
        double slowness,
        double actionFailure,
        double storeLoss,
        double storeLate,
        double watchMs,
        double faultEveryMs,
        double commandEveryMs,
        double stallAtStep,
        double crashAtStep,
        long writeEveryMs,
        long calmMs,
        long safetyMs,
        boolean adopts,
        Tuning tuning) {

    private static final int[] SIZES = {1, 2, 2, 3, 3, 3, 3, 3, 3, 4, 5};

    static Climate draw(Dice dice, Mutation mutation) {
        boolean rough = dice.chance(0.3);
        boolean calm = dice.chance(0.5);
        double rate = mutation == Mutation.CLOCK_BEYOND_BOUND ? 0.2 : dice.chance(0.5) ? 0.0476 : 0.0001;
        return new Climate(
                SIZES[dice.index(SIZES.length)],
                rate,
                // What that mutation is about takes heartbeats that are on their way for longer than the margin.
                dice.between(0.3, mutation == Mutation.ACK_COUNTED_FROM_RECEIPT ? 300 : rough ? 60 : 8),
                rough ? dice.between(0.0, 0.05) : 0,
                dice.chance(0.1) ? 0.01 : 0,
                dice.between(2.0, 80),
                dice.between(0.3, rough ? 150 : 8),
                dice.between(0.3, rough ? 4 : 1.5),
                rough ? dice.between(0.0, 0.15) : 0,
                rough ? dice.between(0.0, 0.1) : dice.chance(0.3) ? 0.02 : 0,
                dice.chance(0.4) ? dice.between(0.0, 0.25) : 0,
                dice.between(2.0, rough ? 3_000 : 60),
                dice.between(700.0, 10_000),
                dice.between(4_000.0, 60_000),
                calm ? 0 : 0.0005,
                calm ? 0 : 0.0003,
                dice.between(60L, 200L),
                dice.chance(0.2) ? 0 : 7_000,
                dice.chance(0.3) ? dice.between(30_000L, 90_000L) : dice.between(10_000L, 30_000L),
                dice.chance(0.1),
                tuning(
                        dice.chance(0.15) ? dice.between(0L, 1_000L) : Tuning.DEFAULT.maxLagBytes(),
                        dice.chance(0.15) ? 0 : Tuning.DEFAULT.salvageLimitBytes()));
    }

    private static Tuning tuning(long maxLagBytes, long salvageLimitBytes) {
        Tuning all = Tuning.DEFAULT;
        return new Tuning(
                all.peerLeaseMs(),
                all.peerLeaseMaxMs(),
                all.clockDrift(),
                all.marginMs(),
                all.leaseDurationMs(),
                all.dropAfterMs(),
                all.coldStartWaitMs(),
                all.switchoverTimeoutMs(),
                maxLagBytes,
                all.crashHandoverMs(),
                salvageLimitBytes,
                all.salvageTimeoutMs(),
                all.slotRetentionMs(),
                all.failsafeLeaseMs());
    }

    /** Whether hardly any lag is accepted, so that it takes an operator where the primary's data is lost. */
    boolean strict() {
        return tuning.maxLagBytes() < Tuning.DEFAULT.maxLagBytes();
    }

    /** The rate of one member's clock: the ends of the range are where the trouble is. */
    double drawRate(Dice dice) {
        return 1
                + switch (dice.index(3)) {
                    case 0 -> maxRate;
                    case 1 -> -maxRate;
                    default -> dice.between(-maxRate, maxRate);
                };
    }
}
