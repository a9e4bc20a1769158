package io.pgmahout.agent.admin;

import static io.pgmahout.agent.admin.ServerUnderTest.json;
import static io.pgmahout.agent.admin.ServerUnderTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asked is m2; the primary is m1. */
final class ForwardingTest {

    private static final String[] TOKEN = {"Authorization", "Bearer right-token"};

    @SuppressWarnings("NullAway.Init")
    private ServerUnderTest m1;

    @SuppressWarnings("NullAway.Init")
    private ServerUnderTest m2;

    @BeforeEach
    void start() throws Exception {
        m1 = ServerUnderTest.of(FakeOperations.M1, Optional.of("right-token"), ServerUnderTest.QUICK);
        m2 = ServerUnderTest.of(FakeOperations.M2, Optional.of("right-token"), ServerUnderTest.QUICK);
        m2.operations.change(FakeOperations.M1, Role.PRIMARY, ServerState.RUNNING, m1.address());
        m1.operations.change(FakeOperations.M2, Role.STANDBY, ServerState.RUNNING, m2.address());
    }

    @AfterEach
    void stop() {
        m1.close();
        m2.close();
    }

    @Test
    void theHolderHandsOverWhoeverIsAsked() throws Exception {
        HttpResponse<String> begun = m2.post("/switchover", "{\"to\":\"m2\"}", TOKEN);
        assertThat(begun.statusCode()).isEqualTo(202);
        assertThat(m2.operations.submitted).isEmpty();
        assertThat(m1.operations.submitted)
                .containsExactly(new Command.Switchover(json(begun).get("id").getAsString(), FakeOperations.M2, false));
        String where = begun.headers().firstValue("Location").orElseThrow();
        assertThat(where).startsWith("/actions/m1.");
        assertThat(json(m2.get(where, TOKEN)).get("state").getAsString())
                .as("followed where it was asked for")
                .isEqualTo("done");
    }

    @Test
    void theTargetFailsOverWhoeverIsAsked() throws Exception {
        assertThat(m1.post("/failover", "{\"to\":\"m2\"}", TOKEN).statusCode()).isEqualTo(202);
        assertThat(m2.operations.submitted).hasSize(1);
        assertThat(m2.post("/restart", "{\"member\":\"m1\"}", TOKEN).statusCode())
                .isEqualTo(202);
        assertThat(m1.operations.submitted).hasSize(1);
        assertThat(json(m2.get("/explain?member=m1", TOKEN)).get("member").getAsString())
                .isEqualTo("m1");
    }

    @Test
    void problemsComeBackAsTheyAre() throws Exception {
        m1.operations.answers = null;
        assertThat(m2.post("/restart", "{\"member\":\"m1\"}", TOKEN).statusCode())
                .isEqualTo(202);
        HttpResponse<String> second = m2.post("/switchover", "", TOKEN);
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(problem(second)).isEqualTo("busy");
        assertThat(second.headers().firstValue("Location").orElseThrow()).startsWith("/actions/m1.");
    }

    @Test
    void aMemberThatIsNotReachedIsABadGateway() throws Exception {
        m1.close();
        HttpResponse<String> answer = m2.post("/switchover", "", TOKEN);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(json(answer).get("detail").getAsString()).contains("m1");
        assertThat(m2.get("/actions/m1.12345678", TOKEN).statusCode()).isEqualTo(502);
    }

    @Test
    void twoMembersThatTakeEachOtherForTheHolderEndTheRound() throws Exception {
        m1.operations.lead(FakeOperations.M2);
        HttpResponse<String> answer = m2.post("/switchover", "", TOKEN);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(json(answer).get("detail").getAsString())
                .as("it said no at once")
                .contains("421");
        assertThat(m1.operations.submitted).isEmpty();
        assertThat(m2.operations.submitted).isEmpty();
    }
}
