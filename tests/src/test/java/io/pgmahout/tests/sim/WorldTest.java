package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The world itself, with a core of a page: it keeps its promises, and breaking one of them shows. */
class WorldTest {
    private static final int SEEDS = 150;

    @Test
    void aPlainCoreNeverMakesTwoWriters() throws InterruptedException {
        Campaign.Outcome outcome = campaign(Mutation.NONE);
        assertThat(outcome.failures())
                .allSatisfy(failure -> assertThat(failure.invariant()).isEqualTo("recovery"))
                .hasSizeLessThan(SEEDS / 5);
        assertThat(outcome.tally().of("promoted")).isPositive();
        assertThat(outcome.tally().of("thawed")).isPositive();
    }

    @Test
    void aGateThatDoesNothingShowsUnderAnyCore() throws InterruptedException {
        assertThat(campaign(Mutation.GATE_IGNORES_DEADLINE).failures())
                .extracting(Simulation.Result::invariant)
                .contains("two writers");
    }

    private static Campaign.Outcome campaign(Mutation mutation) throws InterruptedException {
        return new Campaign(new Simulation(TtlBrain::new, mutation), false).run(1, SEEDS, 2, SEEDS);
    }
}
