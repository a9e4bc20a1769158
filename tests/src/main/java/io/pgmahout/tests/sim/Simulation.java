package io.pgmahout.tests.sim;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One seed, run: first without a trace, and again with one if it failed or if one was asked for. */
final class Simulation {
    private final Brain.Maker maker;
    private final Mutation mutation;

    /**
     * What came of a seed.
     *
     * @param invariant the one that was broken, null for none
     * @param trace empty unless asked for or failed
     */
    record Result(
            long seed,
            long steps,
            long virtualMs,
            Tally tally,
            @Nullable String invariant,
            String detail,
            List<String> trace) {

        boolean failed() {
            return invariant != null;
        }
    }

    Simulation(Brain.Maker maker, Mutation mutation) {
        this.maker = maker;
        this.mutation = mutation;
    }

    /** The core as it is, in a world as promised. */
    static Simulation ofCore() {
        return new Simulation(CoreBrain::start, Mutation.NONE);
    }

    Result run(long seed, boolean traced, boolean samples) {
        World world = new World(seed, mutation, maker, new Trace(traced), samples);
        String invariant = null;
        String detail = "";
        try {
            world.run();
        } catch (Violation violation) {
            invariant = violation.invariant();
            detail = String.valueOf(violation.getMessage());
        } catch (RuntimeException crash) {
            invariant = "the core throws";
            detail = crash + " at "
                    + Stream.of(crash.getStackTrace())
                            .limit(8)
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining(", "));
        }
        world.trace.line(world.nowUs(), "world", -1, "end", invariant == null ? "well" : detail);
        return new Result(
                seed, world.steps, world.nowUs() / 1_000, world.tally, invariant, detail, world.trace.lines());
    }

    /** As {@link #run}, with the trace of the same seed when it fails. */
    Result runAndExplain(long seed, boolean samples) {
        Result result = run(seed, false, samples);
        return result.failed() ? run(seed, true, samples) : result;
    }
}
