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

    /** A permit that was on its way may reach the gate after the end of its server: it is taken back as any other. */
    @Test
    void theEndOfAServerTakesOnlyThePermitBackThatTheGateHadRead() {
        Story story = new Story();
        new Script(story).play(List.of("cluster a b", "tick 100"));
        StoryMember member = story.member("a");
        PermitGiven given = state(member).permit();
        GateFacts running = Objects.requireNonNull(state(member).gate());
        Now now = new Now(story.nowMs);
        AgentState unread = Core.step(state(member), new Event.GateReported(ended(running, given.seq() - 1)), now)
                .next();
        assertThat(unread.permit().seq()).isGreaterThan(given.seq());
        assertThat(unread.permit().deadlineMs()).isZero();
        AgentState read = Core.step(state(member), new Event.GateReported(ended(running, given.seq())), now)
                .next();
        assertThat(read.permit().seq()).isEqualTo(given.seq());
        assertThat(read.permit().deadlineMs()).isZero();
    }

    private static GateFacts ended(GateFacts before, long seq) {
        return new GateFacts(
                before.incarnation(),
                GateFacts.Processes.NONE,
                true,
                false,
                before.launch(),
                seq,
                "signal:9",
                0,
                false);
    }

    /** Before the gate tells of the end: what the others answer then is mostly all there was to receive. */
    @Test
    void aPrimaryThatDoesNotAnswerHasTheOthersAskedWhatTheyHold() {
        Story story = new Story();
        new Script(story).play(List.of("cluster a b c", "tick 100"));
        for (String name : List.of("a", "b")) {
            StoryMember member = story.member(name);
            long launch = Objects.requireNonNull(state(member).gate()).launch();
            Event failed = new Event.ProbeFailed(launch, "the connection ended");
            List<Effect> effects =
                    Core.step(state(member), failed, new Now(story.nowMs)).effects();
            assertThat(effects)
                    .filteredOn(effect ->
                            effect instanceof Effect.Send send && send.message() instanceof Message.ReportRequest)
                    .hasSize(name.equals("a") ? 2 : 0);
        }
    }

    private static AgentState state(StoryMember member) {
        return Objects.requireNonNull(member.state);
    }

    private static ServerFacts server(StoryMember member) {
        return Objects.requireNonNull(Objects.requireNonNull(member.state).server());
    }
}
