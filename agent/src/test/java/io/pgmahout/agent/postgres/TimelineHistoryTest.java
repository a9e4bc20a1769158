package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.postgres.TimelineHistory.Ended;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {

    private static TimelineHistory history() throws IOException {
        return TimelineHistory.parse(
                new Timeline(3), "1\t0/3000000\tno recovery target specified\n\n2\t0/5000000\tthe same\n");
    }

    private static boolean left(int timeline, String end) throws IOException {
        return history().left(new Ended(new Timeline(timeline), Lsn.parse(end)));
    }

    @Test
    void whoIsPastAForkWasLeft() throws IOException {
        assertThat(left(1, "0/3000008")).isTrue();
        assertThat(left(2, "0/5000008")).isTrue();
    }

    @Test
    void whoIsAtAForkOrBeforeItWasNot() throws IOException {
        assertThat(left(1, "0/3000000")).isFalse();
        assertThat(left(1, "0/2000000")).isFalse();
        assertThat(left(2, "0/4000000")).isFalse();
    }

    @Test
    void theTimelineItselfAndOnesThatAreNoAncestorsWereNot() throws IOException {
        assertThat(left(3, "0/9000000")).isFalse();
        assertThat(left(4, "0/9000000")).isFalse();
    }

    /** A fork at which nothing was written is one as well. */
    @Test
    void aPositionIsOnTheOldestTimelineThatHasIt() throws IOException {
        assertThat(history().at(Lsn.parse("0/3000000"))).isEqualTo(new Timeline(1));
        assertThat(history().at(Lsn.parse("0/3000001"))).isEqualTo(new Timeline(2));
        assertThat(history().at(Lsn.parse("0/6000000"))).isEqualTo(new Timeline(3));
    }
}
