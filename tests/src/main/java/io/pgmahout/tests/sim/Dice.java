package io.pgmahout.tests.sim;

import java.util.List;
import java.util.SplittableRandom;

/** Every draw of a world comes from one of these, so that a seed is a whole history. */
final class Dice {
    private final SplittableRandom random;

    Dice(long seed) {
        this(new SplittableRandom(seed));
    }

    private Dice(SplittableRandom random) {
        this.random = random;
    }

    /** Dice of its own for one part of the world, so that parts do not disturb each other's draws. */
    Dice split() {
        return new Dice(random.split());
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** From {@code low} to {@code high}, both included. */
    long between(long low, long high) {
        return low >= high ? low : low + random.nextLong(high - low + 1);
    }

    double between(double low, double high) {
        return low + random.nextDouble() * (high - low);
    }

    /** Below {@code bound}. */
    int index(int bound) {
        return random.nextInt(bound);
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** Milliseconds given, microseconds drawn. */
    long msToUs(double lowMs, double highMs) {
        return (long) (between(lowMs, highMs) * 1_000);
    }

    /** Mostly in the lower part of the range, now and then far up: how delays are in practice. */
    long skewedUs(double lowMs, double highMs) {
        double x = random.nextDouble();
        return (long) ((lowMs + (highMs - lowMs) * x * x * x * x) * 1_000);
    }

    /** The time to the next of events that come {@code meanMs} apart. */
    long exponentialUs(double meanMs) {
        return (long) (-Math.log(1 - random.nextDouble()) * meanMs * 1_000);
    }
}
