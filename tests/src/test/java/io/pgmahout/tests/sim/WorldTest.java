package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The world itself, with a core of a page. */
class WorldTest {

    @Test
    void aPlainCoreLivesInAnyWorld() throws InterruptedException {
        Campaign.Outcome outcome = new Campaign(new Simulation(TtlBrain::new, Mutation.NONE), false).run(1, 200, 2, 3);
        for (Simulation.Result failure : outcome.failures()) {
            Simulation.Result again = new Simulation(TtlBrain::new, Mutation.NONE).run(failure.seed(), true, false);
            int size = again.trace().size();
            again.trace().subList(Math.max(0, size - 60), size).forEach(System.out::println);
        }
        System.out.println(outcome.tally().asMap() + " " + outcome.seeds() / outcome.seconds() + "/s");
        assertThat(outcome.failures()).extracting(Simulation.Result::detail).isEmpty();
    }
}
