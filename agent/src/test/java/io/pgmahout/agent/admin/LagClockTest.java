package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import org.junit.jupiter.api.Test;

final class LagClockTest {

    private final LagClock clock = new LagClock();

    @Test
    void tellsWhenThePrimaryWasWhereTheStandbyIs() {
        clock.sample(1_000, at(1, 100));
        clock.sample(2_000, at(1, 200));
        clock.sample(3_000, at(1, 300));
        assertThat(clock.lagMs(3_500, at(1, 300))).hasValue(0);
        assertThat(clock.lagMs(3_500, at(1, 250))).hasValue(1_500);
        assertThat(clock.lagMs(3_500, at(1, 100))).hasValue(2_500);
        assertThat(clock.lagMs(3_500, at(1, 99))).as("before all samples").isEmpty();
        assertThat(clock.lagMs(3_500, at(2, 300))).as("another branch").isEmpty();
        assertThat(clock.lagMs(3_500, null)).isEmpty();
    }

    @Test
    void anotherBranchBeginsAnew() {
        clock.sample(1_000, at(1, 100));
        clock.sample(2_000, at(2, 50));
        assertThat(clock.lagMs(2_000, at(2, 40))).isEmpty();
        assertThat(clock.lagMs(2_000, at(2, 50))).hasValue(0);
    }

    @Test
    void nothingIsKnownAtFirst() {
        clock.sample(1, null);
        assertThat(clock.lagMs(1, at(1, 1))).isEmpty();
    }

    private static WalPosition at(long term, long lsn) {
        return new WalPosition(new Term(term), Timeline.FIRST, new Lsn(lsn));
    }
}
