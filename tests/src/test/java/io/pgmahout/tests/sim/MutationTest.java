package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each broken promise of the world is noticed: a seed fails with it that is well without it. */
class MutationTest {

    @ParameterizedTest
    @EnumSource(value = Mutation.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isCaughtWithinItsBudget(Mutation mutation) {
        Simulation.Result caught = new MutationHunt(CoreBrain::start).hunt(mutation);
        assertThat(caught)
                .as("%s survives %d seeds", mutation, mutation.seeds())
                .isNotNull();
        if (caught != null) {
            System.out.printf("%s is caught by seed %d: %s%n", mutation, caught.seed(), caught.invariant());
        }
    }
}
