package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.Lsn;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerEventsTest {

    /** Else the holder would plan its promotion anew, and leave the branch that it writes out of the history. */
    @Test
    void whatAServerToldBeforeItsPromotionChangesNothingAfterIt() {
        Story story = new Story();
        Script script = new Script(story);
        script.play(List.of("cluster a b"));
        StoryMember member = story.member("b");
        ServerFacts standby = story.surroundings().servers.facts(member);
        script.play(List.of("dies a postgres", "tick 100"));
        assertThat(server(member).recovering()).isFalse();
        story.event(member, new Event.Probed(standby, story.nowMs));
        story.settle();
        assertThat(server(member).recovering()).isFalse();
        assertThat(script.play(List.of("tick 100"))).noneMatch(line -> line.contains("re-plan"));
    }

    /** The agent slept between question and answer and has learnt of the holder since: the standby may be elsewhere. */
    @ParameterizedTest(name = "asked {0} ms ago, {1} ms after the holder was seen: {2}")
    @CsvSource({"900, 100, true", "1100, 100, false", "1100, 5000, true"})
    void anAnswerToAQuestionOfLongAgoSaysNothing(int agoMs, int sinceMs, boolean counts) {
        Story story = new Story();
        new Script(story)
                .play(List.of(
                        "member m data",
                        "record holder=p voters=p,b,m takeover=ttl",
                        "server m running",
                        "start m",
                        "tick " + sinceMs));
        StoryMember member = story.member("m");
        member.server.flushed = new Lsn(0x7000);
        ServerFacts facts = story.surroundings().servers.facts(member);
        member.server.answers = false;
        story.event(member, new Event.Probed(facts, story.nowMs - agoMs));
        story.settle();
        assertThat(new Lsn(0x7000).equals(server(member).flushed())).isEqualTo(counts);
    }

    private static ServerFacts server(StoryMember member) {
        return Objects.requireNonNull(Objects.requireNonNull(member.state).server());
    }
}
