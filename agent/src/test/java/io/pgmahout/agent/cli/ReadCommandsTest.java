package io.pgmahout.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.pgmahout.agent.admin.FakeOperations;
import io.pgmahout.agent.admin.ServerUnderTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadCommandsTest {

    @SuppressWarnings("NullAway.Init")
    private ServerUnderTest m1;

    @BeforeEach
    void start() throws Exception {
        m1 = ServerUnderTest.of(FakeOperations.M1);
    }

    @AfterEach
    void stop() {
        m1.close();
    }

    @Test
    void statusIsATable() {
        Ran ran = Ran.of("status", "--admin", m1.address());
        assertThat(ran.err()).isEmpty();
        // The lag in time comes from a clock of the agent's own and is measured elsewhere.
        assertThat(ran.out().replace(" 0.0 s  ", "     -  ")).isEqualTo("""
                demo: term 7, timeline 3, primary m1, takeover QUORUM (as m1 sees it)

                MEMBER  ROLE     STATE      TIMELINE  LSN            LAG  LAG TIME  PERMIT  RULE
                m1      primary  running           3  0/5000000        -         -   0.6 s  110 lead
                m2      standby  streaming         3  0/5000000      0 B         -       -  130 follow-holder
                m3      standby  streaming         3  0/4FFC000  16.0 kB         -       -  130 follow-holder

                Would not be promoted:
                  m2: the holder is alive
                  m3: it is tagged nofailover

                Last event: 2026-11-22T10:00:00.250Z  became PRIMARY in term 7
                Healthy.
                """);
        assertThat(ran.code()).isEqualTo(ExitCode.OK.code());
    }

    @Test
    void statusFailsWhenTheClusterIsNotHealthy() {
        m1.operations.disconnect(FakeOperations.M2);
        Ran ran = Ran.of("status", "--admin", m1.address());
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED.code());
        assertThat(ran.out()).contains("m2      standby  unreachable").endsWith("Not healthy:\n  m2 does not answer\n");
    }

    @Test
    void statusIsJsonOrYamlForPrograms() {
        Ran json = Ran.of("status", "-o", "json", "--admin", m1.address());
        assertThat(JsonParser.parseString(json.out())
                        .getAsJsonObject()
                        .get("primary")
                        .getAsString())
                .isEqualTo("m1");
        Ran yaml = Ran.of("status", "--output=yaml", "--admin", m1.address());
        assertThat(yaml.out())
                .startsWith(
                        "cluster: demo\nansweredBy: m1\nhealthy: true\nproblems: []\nprimary: m1\nrecord:\n  term: 7\n")
                .contains("  systemIdentifier: \"7300000000000000001\"\n  voters:\n    - m1\n    - m2\n");
    }

    @Test
    void statusIsWatched() {
        Ran ran = Ran.of("status", "--watch=1", "--times=2", "--admin", m1.address());
        assertThat(ran.out().split("Healthy\\.", -1)).hasSize(3);
        m1.operations.permit(0);
        assertThat(Ran.of("status", "--watch", "--times", "1", "--admin", m1.address())
                        .code())
                .isEqualTo(ExitCode.FAILED.code());
        m1.close();
        assertThat(Ran.of("status", "-w", "--times=1", "--admin", m1.address()))
                .satisfies(gone -> assertThat(gone.out()).contains("was not reached"))
                .extracting(Ran::code)
                .isEqualTo(ExitCode.UNREACHABLE.code());
    }

    @Test
    void membersAreATable() {
        assertThat(Ran.of("members", "--admin", m1.address()).out()).isEqualTo("""
                MEMBER  REACHABLE  VOTES  ROLE     PRIORITY  POSTGRES        ADMIN        FOLLOWS
                m1      yes        yes    primary       100  127.0.0.1:5432  127.0.0.1:1  -
                m2      yes        yes    standby       100  127.0.0.1:5432  127.0.0.1:1  m1
                m3      yes        yes    standby     never  127.0.0.1:5432  127.0.0.1:1  m1
                """);
    }

    @Test
    void historyShowsEachStepOfAFailover() {
        assertThat(Ran.of("history", "--admin", m1.address()).out()).isEqualTo("""
                2026-11-22T10:00:00.250Z  term 7 held by m1
                2026-11-22T10:00:00.250Z  heartbeat of m2 overdue: leads after 310 ms
                         0 ms  heartbeat of m2 overdue
                       310 ms  Promote DONE
                2026-11-22T10:00:00.250Z  became PRIMARY in term 7
                """);
    }

    @Test
    void explainAsksEveryMember() {
        Ran ran = Ran.of("explain", "--admin", m1.address());
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith("""
                m1
                  server: rule 110 lead
                      This member holds the term.
                      holder = m1
                      permit = 640 ms
                m2
                """).endsWith("""
                  last known rule: 130 follow-holder
                  not promoted: it is tagged nofailover
                """);
        assertThat(Ran.of("explain", "m1", "--admin", m1.address()).out()).doesNotContain("m2");
        assertThat(Ran.of("explain", "m9", "--admin", m1.address()))
                .satisfies(ran9 -> assertThat(ran9.err()).contains("There is no member m9; there are m1, m2, m3."))
                .extracting(Ran::code)
                .isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void configShowTellsWhereEachValueComesFrom() {
        assertThat(Ran.of("config", "show", "--admin", m1.address()).out()).isEqualTo("""
                KEY               VALUE     FROM
                cluster           demo      /etc/pgmahout.yaml:1
                admin.token-file  ********  environment PGMAHOUT_ADMIN_TOKEN_FILE
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "members",
                "history",
                "explain",
                "switchover --yes",
                "failover --to m2 --yes",
                "pause",
                "resume",
                "restart m1 -y",
                "reinit m1 -y",
                "retire m1 -y",
                "reload",
                "config show"
            })
    void withoutAnAgentEveryCommandSaysSo(String command) {
        String address = m1.address();
        m1.close();
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--admin", address));
        Ran ran = Ran.of(words.toArray(String[]::new));
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE.code());
        assertThat(ran.err())
                .isEqualTo("pgmahout: The agent at http://" + address + " was not reached: nobody listens\n");
        assertThat(ran.out()).isEmpty();
    }
}
