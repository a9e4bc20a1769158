package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who goes first. The member under test is {@code m}, on timeline 2 of term 3 at 0/5000; p held the term. */
class FitnessTest {

    @ParameterizedTest(name = "{0}: after {3}")
    @CsvSource(
            nullValues = "-",
            value = {
                "nobody else,                     -,                              -,                       0",
                "less WAL,                        promise at=3:2:0/4FFF,          -,                       0",
                "more WAL,                        promise at=3:2:0/5001,          -,                       1",
                "more WAL on an older branch,     promise at=1:1:0/9000,          -,                       0",
                "a branch the history lacks,      promise at=4:5:0/9000,          -,                       0",
                "the same id in another term,     promise at=2:2:0/9000,          -,                       0",
                "equal: the name decides,         promise at=3:2:0/5000,          -,                       1",
                "equal: priority before name,     promise at=3:2:0/5000,          priority=1,              0",
                "its priority is greater,         promise at=3:2:0/5000 priority=2, priority=1,            1",
                "priority never beats WAL,        promise at=3:2:0/5001,          priority=9,              1",
                "tagged,                          promise at=3:2:0/9000 unfit,    -,                       0",
                "its position is not known,       promise,                        -,                       0",
                "a promise against an old term,   promise at=3:2:0/9000 term=2,   -,                       0",
                "a report of a listed one,        report at=3:2:0/5001,           -,                       1",
                "a report of one that is unfit,   report at=3:2:0/5001 unfit,     -,                       0",
                "a report without a position,     report,                         -,                       0",
            })
    void ranks(String what, @Nullable String other, @Nullable String mine, int expected) {
        Story story = new Story();
        Script script = new Script(story);
        script.play(List.of(
                "member m data " + (mine == null ? "" : mine),
                "record holder=p voters=p,b,m takeover=quorum",
                "server m running",
                "start m"));
        if (other != null) {
            script.play(List.of(
                    other.startsWith("report") ? other.replace("report", "report b -> m") : "say b -> m " + other));
        }
        assertThat(rank(story)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "after {1} s: {2} before it")
    @CsvSource({"report at=3:2:0/6000, 2, 1", "report at=3:2:0/6000, 6, 0"})
    void anOldReportSaysNothing(String report, int seconds, int expected) {
        Story story = new Story();
        Script script = new Script(story);
        script.play(List.of(
                "member m data",
                "record holder=p voters=p,b,m takeover=ttl",
                "server m running",
                "start m",
                report.replace("report", "report b -> m"),
                "tick " + seconds * 1_000));
        assertThat(rank(story)).isEqualTo(expected);
    }

    /** What lies past the fork is no part of the primary's WAL, however much it is. */
    @ParameterizedTest(name = "on branch {0} at {1}: {2}")
    @CsvSource(
            nullValues = "-",
            value = {"3:2, 0/1FF000, -", "1:1, 0/3000, 2084864 bytes behind", "1:1, 0/1FF000, 2084864 bytes behind"})
    void lagCountsFromTheFork(String branch, String end, @Nullable String obstacle) {
        Story story = new Story();
        Script script = new Script(story);
        String timeline = branch.substring(2);
        script.play(List.of(
                "member m data end=" + end + " timeline=" + timeline + " branches="
                        + (timeline.equals("1") ? "1:1" : "1:1,3:2"),
                "record holder=p voters=p,b,m takeover=quorum",
                "server m running standby",
                "start m",
                "say p -> m heartbeat at=3:2:0/200000"));
        AgentState state = Objects.requireNonNull(story.member("m").state);
        String told = Fitness.obstacle(new View(state, new Now(story.nowMs)));
        if (obstacle == null) {
            assertThat(told).isNull();
        } else {
            assertThat(told).contains(obstacle);
        }
    }

    private static int rank(Story story) {
        AgentState state = Objects.requireNonNull(story.member("m").state);
        return Fitness.rank(new View(state, new Now(story.nowMs)));
    }
}
