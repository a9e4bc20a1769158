package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {

    @Test
    void entriesRunByTimeAndThenInOrderOfEntry() {
        Agenda agenda = new Agenda();
        Dice dice = new Dice(1);
        List<Long> expected = new ArrayList<>();
        List<Long> ran = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            long time = dice.between(0L, 300L);
            long entry = time * 10_000 + i;
            expected.add(entry);
            agenda.at(time, () -> ran.add(entry));
        }
        while (agenda.advance(1_000)) {
            assertThat(agenda.nowUs()).isEqualTo(ran.getLast() / 10_000);
        }
        expected.sort(null);
        assertThat(ran).isEqualTo(expected);
    }

    @Test
    void nothingRunsBeyondTheGivenTime() {
        Agenda agenda = new Agenda();
        agenda.at(10, () -> {});
        assertThat(agenda.advance(9)).isFalse();
        assertThat(agenda.advance(10)).isTrue();
        assertThat(agenda.advance(99)).isFalse();
    }

    @Test
    void aTimeInThePastIsNow() {
        Agenda agenda = new Agenda();
        List<Long> times = new ArrayList<>();
        agenda.at(50, () -> agenda.at(20, () -> times.add(agenda.nowUs())));
        while (agenda.advance(100)) {}
        assertThat(times).containsExactly(50L);
    }
}
