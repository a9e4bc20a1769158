package io.pgmahout.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class IntakeTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Intake intake = new Intake();

    @Test
    void whoFloodsIsHeardAtItsPaceAndNobodyElseSuffers() {
        assertThat(admitted("m2", 0, 100_000)).isEqualTo(Intake.BURST);
        assertThat(admitted("m2", SECOND, 100_000)).isEqualTo(Intake.PER_SECOND);
        assertThat(admitted("m3", SECOND, 100)).isEqualTo(100);
        assertThat(admitted("m2", 3_600 * SECOND, 100_000))
                .as("no more than a burst")
                .isEqualTo(Intake.BURST);
    }

    @Test
    void aMemberThatSpeaksEveryMillisecondForAMomentIsHeard() {
        for (int i = 0; i < Intake.BURST; i++) {
            assertThat(intake.admits("m2", i * 1_000_000L)).isTrue();
        }
    }

    @Test
    void isToldOfOnceAMinute() {
        assertThat(intake.isNews("m2", 0)).isTrue();
        assertThat(intake.isNews("m2", 59 * SECOND)).isFalse();
        assertThat(intake.isNews("m3", 59 * SECOND)).isTrue();
        assertThat(intake.isNews("m2", 60 * SECOND)).isTrue();
    }

    @Test
    void remembersFewMembers() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(intake.isNews("m" + i, 0)).isTrue();
        }
        assertThat(intake.isNews("m0", 1)).as("forgotten meanwhile").isTrue();
        assertThat(intake.isNews("m999", 1)).isFalse();
    }

    private int admitted(String member, long nowNanos, int messages) {
        int admitted = 0;
        for (int i = 0; i < messages; i++) {
            admitted += intake.admits(member, nowNanos) ? 1 : 0;
        }
        return admitted;
    }
}
