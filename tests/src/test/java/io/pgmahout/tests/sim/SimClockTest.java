package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimClockTest {

    @Test
    void readsInStepsOfTenMilliseconds() {
        SimClock clock = new SimClock(1, 1_003);
        assertThat(clock.ms(0)).isEqualTo(1_000);
        assertThat(clock.ms(7_000)).isEqualTo(1_010);
    }

    @Test
    void aReadingIsReachedAtItsTimeAndNotBefore() {
        for (double rate : new double[] {0.95, 1, 1.0476}) {
            SimClock clock = new SimClock(rate, 12_345.6);
            for (long ms = 20_000; ms < 21_000; ms += 7) {
                long us = clock.virtualUs(ms);
                assertThat(clock.ms(us)).isGreaterThanOrEqualTo(ms);
                assertThat(clock.ms(us - 2)).isLessThan(ms);
            }
        }
    }

    @Test
    void twoClocksDifferByAtMostTheBoundOfTheProtocol() {
        double slow = 1 - 0.0476;
        double fast = 1 + 0.0476;
        assertThat(fast / slow).isLessThanOrEqualTo(1.10);
    }

    @Test
    void aBootBeginsTheClockAnew() {
        SimClock clock = new SimClock(1.04, 5_000_000);
        clock.restart(40_000_000);
        assertThat(clock.ms(40_000_000)).isEqualTo(1_000);
    }

    @Test
    void aDeadlineThatNeverComesIsNoEndlessSearch() {
        assertThat(new SimClock(1, 0).virtualUs(Long.MAX_VALUE)).isGreaterThan(1_000_000_000_000L);
    }
}
