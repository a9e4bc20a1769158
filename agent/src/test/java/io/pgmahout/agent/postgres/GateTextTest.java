package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.GateFacts;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GateTextTest {

    @Test
    void everyOtherByteIsWrittenAsItsNumber() {
        assertThat(GateText.encode("host='a b' café%\n")).isEqualTo("host=%27a%20b%27%20caf%C3%A9%25%0A");
        assertThat(GateText.encode("/a-b_c.d:e=f,g+h@i")).isEqualTo("/a-b_c.d:e=f,g+h@i");
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        String hard = "ö % %4 %zz \\ ' \" \t";
        assertThat(GateText.decode(GateText.encode(hard))).isEqualTo(hard);
        assertThat(GateText.decode("100%")).isEqualTo("100%");
    }

    @Test
    void aStateFileBecomesFacts() {
        Map<String, String> file = Map.ofEntries(
                Map.entry("incarnation", "abc"),
                Map.entry("uptime", "1234"),
                Map.entry("session", "77"),
                Map.entry("seq", "5"),
                Map.entry("server", "frozen"),
                Map.entry("mode", "standby"),
                Map.entry("writable", "1"),
                Map.entry("launch", "3"),
                Map.entry("permit", "200"),
                Map.entry("exit", "-"),
                Map.entry("refused", "4 no%20permit"),
                Map.entry("terminating", "-"));
        GateState state = Objects.requireNonNull(GateState.parse(file));
        GateFacts facts = state.facts(9);
        assertThat(facts.process()).isEqualTo(GateFacts.Processes.FROZEN);
        assertThat(facts.permitMs()).isEqualTo(2000);
        assertThat(facts.seq()).isEqualTo(9);
        assertThat(facts.exit()).isNull();
        assertThat(facts.terminating()).isFalse();
        assertThat(state.refusedSeq()).isEqualTo(4);
        assertThat(state.refusal()).isEqualTo("no permit");
        assertThat(GateState.parse(Map.of("uptime", "12"))).isNull();
    }
}
