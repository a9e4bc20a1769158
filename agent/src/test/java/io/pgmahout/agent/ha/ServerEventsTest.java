package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.Lsn;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerEventsTest {

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
        ServerFacts known =
                Objects.requireNonNull(Objects.requireNonNull(member.state).server());
        assertThat(new Lsn(0x7000).equals(known.flushed())).isEqualTo(counts);
    }
}
