package io.pgmahout.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Three members, each of which may be late in everything: in learning that it leads no more, in what watches tell it, in
 * the arrival of its patches, of which it may have given up waiting. Random, by seeds.
 */
class LateMembersTest {

    private static final int SEEDS = 4_000;

    /** No two primaries at any moment, no Service that goes back, and in the end all is as the record says. */
    @Test
    void nobodyIsEverSeenBesideThePrimary() {
        assertThat(LongStream.range(0, SEEDS)
                        .mapToObj(seed -> new LateMembers(seed, LateMembers.Server.STRICT).fault())
                        .flatMap(Optional::stream))
                .isEmpty();
    }

    /** What the test would miss if it could not see two primaries. */
    @Test
    void patchesThatHoldForAnyVersionAreFoundOut() {
        assertThat(faults(LateMembers.Server.IGNORES_VERSIONS)).isPositive();
    }

    private static long faults(LateMembers.Server server) {
        return LongStream.range(0, SEEDS)
                .filter(seed -> new LateMembers(seed, server).fault().isPresent())
                .count();
    }
}
