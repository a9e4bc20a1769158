package io.pgmahout.tests.sim;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Many seeds on several threads, each world on one. */
final class Campaign {
    private final Simulation simulation;
    private final boolean samples;

    /** What came of all seeds; the failures in the order of their seeds. */
    record Outcome(
            long seeds, long steps, long virtualMs, double seconds, Tally tally, List<Simulation.Result> failures) {}

    Campaign(Simulation simulation, boolean samples) {
        this.simulation = simulation;
        this.samples = samples;
    }

    /**
     * Runs seeds {@code from} to {@code from + count − 1}, fewer when {@code maxFailures} were found before.
     */
    Outcome run(long from, long count, int threads, int maxFailures) throws InterruptedException {
        long begun = System.nanoTime();
        AtomicLong next = new AtomicLong(from);
        ConcurrentLinkedQueue<Simulation.Result> failures = new ConcurrentLinkedQueue<>();
        List<Worker> workers = IntStream.range(0, threads)
                .mapToObj(i -> new Worker(next, from + count, failures, maxFailures))
                .toList();
        for (Worker worker : workers) {
            worker.start();
        }
        Tally tally = new Tally();
        long steps = 0;
        long virtualMs = 0;
        long seeds = 0;
        for (Worker worker : workers) {
            worker.join();
            tally.addAll(worker.tally);
            steps += worker.steps;
            virtualMs += worker.virtualMs;
            seeds += worker.seeds;
        }
        List<Simulation.Result> sorted = failures.stream()
                .sorted((a, b) -> Long.compare(a.seed(), b.seed()))
                .toList();
        return new Outcome(seeds, steps, virtualMs, (System.nanoTime() - begun) / 1e9, tally, sorted);
    }

    /** Takes one seed after another. */
    private final class Worker extends Thread {
        private final AtomicLong next;
        private final long end;
        private final ConcurrentLinkedQueue<Simulation.Result> failures;
        private final int maxFailures;
        private final Tally tally = new Tally();
        private long steps;
        private long virtualMs;
        private long seeds;

        Worker(AtomicLong next, long end, ConcurrentLinkedQueue<Simulation.Result> failures, int maxFailures) {
            super("sim");
            setDaemon(true);
            this.next = next;
            this.end = end;
            this.failures = failures;
            this.maxFailures = maxFailures;
        }

        @Override
        public void run() {
            for (long seed = next.getAndIncrement();
                    seed < end && failures.size() < maxFailures;
                    seed = next.getAndIncrement()) {
                Simulation.Result result = simulation.run(seed, false, samples);
                seeds++;
                steps += result.steps();
                virtualMs += result.virtualMs();
                tally.addAll(result.tally());
                if (result.failed()) {
                    failures.add(result);
                }
            }
        }
    }
}
