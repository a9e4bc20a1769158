package io.pgmahout.tests.sim;

import java.io.PrintStream;
import java.util.List;

/**
 * Runs simulated clusters: {@code --seed N} replays one seed with its trace, {@code --seeds K [--from N]} runs many.
 * Exits with 1 and the failing seed's trace when an invariant is broken, 2 for wrong arguments.
 */
public final class SimMain {
    private static final int TAIL = 120;
    private final PrintStream out;
    private long seed = -1;
    private long seeds = 1_000;
    private long from = 1;
    private boolean trace;
    private Mutation mutation = Mutation.NONE;

    private SimMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args, System.out));
    }

    /** As {@link #main}, with the exit code as value. */
    public static int run(String[] args, PrintStream out) throws InterruptedException {
        SimMain main = new SimMain(out);
        try {
            main.parse(args);
        } catch (IllegalArgumentException wrong) {
            out.println(wrong.getMessage());
            out.println("usage: sim [--seed N [--trace]] [--seeds K] [--from N] [--mutation NAME]");
            return 2;
        }
        return main.seed >= 0 ? main.replay() : main.campaign();
    }

    private void parse(String[] args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--trace" -> trace = true;
                case "--seed" -> seed = number(args, ++i);
                case "--seeds" -> seeds = number(args, ++i);
                case "--from" -> from = number(args, ++i);
                case "--mutation" -> mutation = Mutation.valueOf(value(args, ++i));
                default -> throw new IllegalArgumentException("not known: " + args[i]);
            }
        }
    }

    private static long number(String[] args, int index) {
        return Long.parseLong(value(args, index));
    }

    private static String value(String[] args, int index) {
        if (index >= args.length) {
            throw new IllegalArgumentException("a value is missing after " + args[index - 1]);
        }
        return args[index];
    }

    private Simulation simulation() {
        return new Simulation(CoreBrain::start, mutation);
    }

    private int replay() {
        Simulation.Result result = simulation().run(seed, true, false);
        print(result, trace ? Integer.MAX_VALUE : TAIL);
        return result.failed() ? 1 : 0;
    }

    private int campaign() throws InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        Campaign.Outcome outcome = new Campaign(simulation(), true).run(from, seeds, threads, 10);
        outcome.tally().asMap().forEach((what, count) -> out.printf("%12d %s%n", count, what));
        out.printf(
                "%d seeds in %.1f s: %.0f seeds/s on %d threads, %.0f virtual minutes, %.1f million steps%n",
                outcome.seeds(),
                outcome.seconds(),
                outcome.seeds() / outcome.seconds(),
                threads,
                outcome.virtualMs() / 60_000.0,
                outcome.steps() / 1e6);
        List<Simulation.Result> failures = outcome.failures();
        if (failures.isEmpty()) {
            return 0;
        }
        print(simulation().run(failures.getFirst().seed(), true, true), trace ? Integer.MAX_VALUE : TAIL);
        for (Simulation.Result failure : failures) {
            out.printf("seed %d fails: %s%n", failure.seed(), failure.detail());
        }
        return 1;
    }

    private void print(Simulation.Result result, int tail) {
        List<String> lines = result.trace();
        if (lines.size() > tail) {
            out.printf("(the last %d of %d lines; --trace for all)%n", tail, lines.size());
        }
        lines.subList(Math.max(0, lines.size() - tail), lines.size()).forEach(out::println);
        out.printf(
                "seed %d: %s, %d virtual s, %d steps%n",
                result.seed(), result.failed() ? result.detail() : "well", result.virtualMs() / 1_000, result.steps());
    }
}
