package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The core in twenty thousand worlds; {@code -Dsim.seeds=N} for another number, {@code -Dsim.from=N} for others. */
class SeedsTest {

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void theCoreKeepsItsPromisesInEveryWorld() throws InterruptedException {
        long seeds = Long.getLong("sim.seeds", 20_000);
        int threads = Runtime.getRuntime().availableProcessors();
        Campaign.Outcome outcome =
                new Campaign(Simulation.ofCore(), false).run(Long.getLong("sim.from", 1), seeds, threads, 20);
        System.out.printf(
                "%d simulated clusters in %.0f s, %.0f virtual hours, %.0f million steps%n",
                outcome.seeds(), outcome.seconds(), outcome.virtualMs() / 3.6e6, outcome.steps() / 1e6);
        assertThat(outcome.failures())
                .as("replay with: pgmahout sim --seed N --trace")
                .extracting(failure -> "seed " + failure.seed() + ": " + failure.detail())
                .isEmpty();
        assertThat(outcome.seeds()).isEqualTo(seeds);
    }
}
