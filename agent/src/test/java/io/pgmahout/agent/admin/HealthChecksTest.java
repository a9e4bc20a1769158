package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthChecksTest {

    @ParameterizedTest
    @CsvSource({
        "/,200,503,503",
        "/primary,200,503,503",
        "/master,200,503,503",
        "/read-write,200,503,503",
        "/replica,503,200,200",
        "/replica?lag=16kB,503,200,200",
        "/replica?lag=16384,503,200,200",
        "/replica?lag=16383,503,200,503",
        "/replica?lag=0,503,200,503",
        "/read-only,200,200,200",
        "/read-only?lag=1kb,200,200,503",
        "/health,200,200,200",
        "/liveness,200,200,200",
        "/readiness,200,200,200"
    })
    void tellsWhatAMemberIs(String path, int primary, int standby, int behind) throws Exception {
        try (ServerUnderTest m1 = ServerUnderTest.of(FakeOperations.M1);
                ServerUnderTest m2 = ServerUnderTest.of(FakeOperations.M2);
                ServerUnderTest m3 = ServerUnderTest.of(FakeOperations.M3)) {
            m2.operations.permitMs = 0;
            m3.operations.permitMs = 0;
            assertThat(m1.get(path).statusCode()).isEqualTo(primary);
            assertThat(m2.get(path).statusCode()).isEqualTo(standby);
            assertThat(m3.get(path).statusCode()).isEqualTo(behind);
            for (String method : new String[] {"HEAD", "OPTIONS"}) {
                assertThat(m1.send(method, path, "").statusCode()).as(method).isEqualTo(primary);
            }
            assertThat(m1.send("HEAD", path, "").body()).isEmpty();
        }
    }

    @Test
    void aPrimaryWithoutAPermitThatReachesIsNone() throws Exception {
        try (ServerUnderTest m1 = ServerUnderTest.of(FakeOperations.M1)) {
            m1.operations.permitMs = 0;
            assertThat(m1.get("/primary").statusCode()).isEqualTo(503);
            m1.operations.permitMs = 600;
            m1.operations.ageMs = 600;
            assertThat(m1.get("/primary").statusCode()).as("an old insight").isEqualTo(503);
            assertThat(m1.get("/read-only").statusCode()).isEqualTo(503);
            m1.operations.ageMs = 599;
            assertThat(m1.get("/primary").statusCode()).isEqualTo(200);
            m1.operations.change(FakeOperations.M1, Role.PRIMARY, ServerState.FROZEN, "");
            assertThat(m1.get("/primary").statusCode()).as("frozen").isEqualTo(503);
            assertThat(m1.get("/health").statusCode()).isEqualTo(503);
        }
    }

    /** Clients are led to it while it is promoted, and a probe must not send them away. */
    @Test
    void whoIsPromotedStaysReady() throws Exception {
        try (ServerUnderTest m2 = ServerUnderTest.of(FakeOperations.M2)) {
            m2.operations.permitMs = 0;
            m2.operations.change(FakeOperations.M2, Role.NONE, ServerState.RUNNING, "");
            assertThat(m2.get("/readiness").statusCode()).isEqualTo(503);
            m2.operations.action = new ServerAction.Promote(new Timeline(2), new Term(2));
            assertThat(m2.get("/readiness").statusCode()).isEqualTo(200);
            assertThat(m2.get("/primary").statusCode()).isEqualTo(503);
            m2.operations.change(FakeOperations.M2, Role.NONE, ServerState.FROZEN, "");
            assertThat(m2.get("/readiness").statusCode()).as("frozen").isEqualTo(503);
        }
    }

    @Test
    void lagThatIsNotKnownIsTooMuch() throws Exception {
        try (ServerUnderTest m2 = ServerUnderTest.of(FakeOperations.M2)) {
            m2.operations.members.remove(FakeOperations.M1);
            assertThat(m2.get("/replica?lag=1TB").statusCode()).isEqualTo(503);
            assertThat(m2.get("/replica").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anAgentWhoseLoopHangsIsNotAlive() throws Exception {
        try (ServerUnderTest m1 = ServerUnderTest.of(FakeOperations.M1)) {
            m1.operations.ageMs = Health.LIVE_MS;
            assertThat(m1.get("/liveness").statusCode()).isEqualTo(503);
            m1.operations.ageMs = 0;
            m1.operations.loopSilentMs = Health.LIVE_MS;
            assertThat(m1.get("/liveness").statusCode()).isEqualTo(503);
            m1.operations.loopSilentMs = 0;
            assertThat(m1.get("/liveness").statusCode()).isEqualTo(200);
            m1.operations.started = false;
            assertThat(m1.get("/liveness").statusCode()).isEqualTo(503);
            assertThat(m1.get("/primary").statusCode()).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/replica?lag=",
        "/replica?lag=much",
        "/replica?lag=-1",
        "/primary?lag=1",
        "/replica?tag_x=y",
        "/replica?lag=1&lag=2",
        "/replica?lag=%zz"
    })
    void refusesWhatItWouldNotHeed(String path) throws Exception {
        try (ServerUnderTest m2 = ServerUnderTest.of(FakeOperations.M2)) {
            assertThat(m2.raw("GET " + path + " HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void answersTheCheckThatLoadBalancersSendByDefault() throws Exception {
        try (ServerUnderTest m1 = ServerUnderTest.of(FakeOperations.M1, Optional.of("s3cret"), ServerUnderTest.QUICK)) {
            assertThat(m1.raw("OPTIONS / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 OK");
            assertThat(m1.raw("GET /primary HTTP/1.1\r\nHost: db.example.org\r\nConnection: close\r\n\r\n"))
                    .as("no token, any host")
                    .startsWith("HTTP/1.1 200 OK");
        }
    }
}
