package io.pgmahout.tests.sim;

import org.jspecify.annotations.Nullable;

/** Looks for a seed that shows a mutation: one that fails with it and not without. */
final class MutationHunt {
    private final Brain.Maker maker;

    MutationHunt(Brain.Maker maker) {
        this.maker = maker;
    }

    /** The first such seed's result, from seed 1 up to the mutation's budget; null if there is none. */
    Simulation.@Nullable Result hunt(Mutation mutation) {
        Simulation mutated = new Simulation(maker, mutation);
        Simulation plain = new Simulation(maker, Mutation.NONE);
        for (long seed = 1; seed <= mutation.seeds(); seed++) {
            Simulation.Result result = mutated.run(seed, false, false);
            boolean counts = result.failed() && (mutation.blocks() || !"recovery".equals(result.invariant()));
            if (counts && !plain.run(seed, false, false).failed()) {
                return result;
            }
        }
        return null;
    }
}
