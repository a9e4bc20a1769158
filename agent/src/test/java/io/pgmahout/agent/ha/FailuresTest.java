package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
    private static final Source SOURCE = new Source(new MemberName("p"), "p:5432");
    private static final ServerAction REWIND = new ServerAction.Rewind(SOURCE, new DataId("d"), List.of());

    /** The WAL was missed from the old place on; a rewound server starts from another. */
    @Test
    void aRewindThatWorkedEndsTheSearchForLostWal() {
        Failures gone = Failures.NONE.walIsGone();
        assertThat(gone.after(REWIND, Outcome.FAILED, 0).walGone()).isTrue();
        assertThat(gone.after(REWIND, Outcome.DONE, 0).walGone()).isFalse();
    }

    /** A primary misses nothing; what its predecessor no longer had must not make it a clone once it is a standby again. */
    @Test
    void aPromotionEndsTheSearchForLostWal() {
        ServerAction promote = new ServerAction.Promote(new Timeline(2), new Term(2));
        Failures gone = Failures.NONE.walIsGone();
        assertThat(gone.after(promote, Outcome.FAILED, 0).walGone()).isTrue();
        assertThat(gone.after(promote, Outcome.DONE, 0).walGone()).isFalse();
    }

    /** A start that was refused for want of a permit, or that the gate did not get to, says nothing about the server. */
    @ParameterizedTest
    @CsvSource({"FAILED, true", "REFUSED, false", "UNKNOWN, false"})
    void aServerThatFailsToStartTwiceIsUnstartable(Outcome outcome, boolean unstartable) {
        ServerAction start = new ServerAction.StartPrimary(null);
        Failures twice = Failures.NONE.after(start, outcome, 0).after(start, outcome, 0);
        assertThat(twice.unstartable()).isEqualTo(unstartable);
        assertThat(twice.after(start, Outcome.DONE, 0).unstartable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"9, false", "10, true"})
    void aGateThatNeverGetsToTheStartIsNotWaitedForForEver(int times, boolean untriable) {
        ServerAction start = new ServerAction.StartPrimary(null);
        Failures failures = Failures.NONE;
        for (int i = 0; i < times; i++) {
            failures = failures.after(start, Outcome.UNKNOWN, 0);
        }
        assertThat(failures.untriable()).isEqualTo(untriable);
        assertThat(failures.runs().untriable()).isFalse();
    }
}
