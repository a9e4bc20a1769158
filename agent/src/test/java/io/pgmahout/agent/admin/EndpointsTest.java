package io.pgmahout.agent.admin;

import static io.pgmahout.agent.admin.ServerUnderTest.json;
import static io.pgmahout.agent.admin.ServerUnderTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Outcome;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointsTest {

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
    void statusTellsTheClusterAndItsMembers() throws Exception {
        HttpResponse<String> answer = m1.get("/status");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        JsonObject status = json(answer);
        assertThat(status.get("healthy").getAsBoolean()).isTrue();
        assertThat(status.get("primary").getAsString()).isEqualTo("m1");
        assertThat(status.getAsJsonObject("record").get("term").getAsLong()).isEqualTo(7);
        assertThat(status.get("recordAgeMs").getAsLong()).isEqualTo(1_205);
        JsonObject m3 = status.getAsJsonArray("members").get(2).getAsJsonObject();
        assertThat(m3.get("member").getAsString()).isEqualTo("m3");
        assertThat(m3.get("lagBytes").getAsLong()).isEqualTo(16_384);
        assertThat(m3.get("obstacle").getAsString()).isEqualTo("it is tagged nofailover");
    }

    @Test
    void statusTellsWhatIsWrong() throws Exception {
        m1.operations.disconnect(FakeOperations.M2);
        m1.operations.permitMs = 0;
        m1.operations.paused = true;
        JsonObject status = json(m1.get("/status"));
        assertThat(status.get("healthy").getAsBoolean()).isFalse();
        assertThat(status.get("primary").isJsonNull()).isTrue();
        assertThat(status.get("problems").toString())
                .contains("no member is known to take writes", "m2 does not answer", "paused");
    }

    @Test
    void otherReadsAnswer() throws Exception {
        assertThat(JsonParser.parseString(m1.get("/members").body()).getAsJsonArray())
                .hasSize(3);
        JsonArray config = JsonParser.parseString(m1.get("/config").body()).getAsJsonArray();
        assertThat(config.get(1).getAsJsonObject().get("value").getAsString()).isEqualTo("********");
        JsonArray history = JsonParser.parseString(m1.get("/history").body()).getAsJsonArray();
        assertThat(history.get(1).getAsJsonObject().get("tookMs").getAsLong()).isEqualTo(310);
        assertThat(m1.get("/openapi.yaml").body()).startsWith("openapi: 3.1.0");
    }

    @Test
    void explainNamesTheRuleAndWhyOthersAreNotPromoted() throws Exception {
        JsonObject explained = json(m1.get("/explain"));
        JsonObject verdict = explained.getAsJsonArray("verdicts").get(0).getAsJsonObject();
        assertThat(verdict.get("rule").getAsInt()).isEqualTo(110);
        assertThat(verdict.getAsJsonObject("inputs").get("permit").getAsString())
                .isEqualTo("640 ms");
        assertThat(explained.getAsJsonArray("members").get(1).toString())
                .contains("130 follow-holder", "the holder is alive");
        assertThat(json(m1.get("/explain?member=m1"))).isEqualTo(explained);
        assertThat(m1.get("/explain?member=m9").statusCode()).isEqualTo(422);
        assertThat(m1.get("/explain?member=").statusCode()).isEqualTo(400);
    }

    @Test
    void aSwitchoverIsFollowedByItsId() throws Exception {
        m1.operations.answers = null;
        HttpResponse<String> begun = m1.post("/switchover", "{\"to\": \"m2\"}");
        assertThat(begun.statusCode()).isEqualTo(202);
        String where = begun.headers().firstValue("Location").orElseThrow();
        String id = json(begun).get("id").getAsString();
        assertThat(where).isEqualTo("/actions/" + id);
        assertThat(m1.operations.submitted).containsExactly(new Command.Switchover(id, FakeOperations.M2, false));

        HttpResponse<String> second = m1.post("/restart", "");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(problem(second)).isEqualTo("busy");
        assertThat(second.headers().firstValue("Location")).hasValue(where);
        assertThat(json(second).getAsJsonObject("action").get("id").getAsString())
                .isEqualTo(id);

        m1.operations.progress("m2 has all of the WAL");
        JsonObject running = json(m1.get(where));
        assertThat(running.get("state").getAsString()).isEqualTo("running");
        assertThat(running.get("progress").toString()).contains("m2 has all of the WAL");
        m1.operations.answer(new Operations.Answer(Outcome.DONE, "m2 leads"));
        assertThat(json(m1.get(where)).get("state").getAsString()).isEqualTo("done");
        assertThat(m1.post("/restart", "").statusCode())
                .as("nothing runs any more")
                .isEqualTo(202);
    }

    @Test
    void aDryRunIsAnsweredAtOnceBesideWhatRuns() throws Exception {
        m1.operations.answers = null;
        assertThat(m1.post("/reinit", "{\"member\": \"m1\"}").statusCode()).isEqualTo(202);
        m1.operations.answers = command -> new Operations.Answer(Outcome.REFUSED, "m2 lags");
        HttpResponse<String> trial = m1.post("/switchover", "{\"to\": \"m2\", \"dryRun\": true}");
        assertThat(trial.statusCode()).isEqualTo(200);
        assertThat(json(trial).get("state").getAsString()).isEqualTo("refused");
        assertThat(json(m1.post("/failover", "{\"to\": \"m1\", \"dryRun\": true, \"allowDataLoss\": true}"))
                        .get("text")
                        .getAsString())
                .isEqualTo("m2 lags");
        assertThat(m1.operations.submitted.getLast())
                .isInstanceOfSatisfying(
                        Command.Failover.class,
                        failover -> assertThat(failover.allowDataLoss()).isTrue());
    }

    @ParameterizedTest
    @CsvSource({"DONE,200,", "REFUSED,409,refused", "FAILED,500,failed", "UNKNOWN,500,unknown"})
    void aShortCommandTellsItsOutcome(Outcome outcome, int status, String type) throws Exception {
        m1.operations.answers = command -> new Operations.Answer(outcome, "because");
        for (String path : List.of("/pause", "/resume")) {
            HttpResponse<String> answer = m1.post(path, "{}");
            assertThat(answer.statusCode()).isEqualTo(status);
            if (type != null) {
                assertThat(problem(answer)).isEqualTo(type);
                assertThat(json(answer).get("detail").getAsString()).isEqualTo("because");
                assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            }
        }
    }

    @Test
    void aShortCommandThatTakesLongIsFollowedToo() throws Exception {
        m1.operations.answers = null;
        HttpResponse<String> answer = m1.post("/pause", "");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Location")).isPresent();
    }

    @Test
    void aLastingCommandThatIsRefusedAtOnceIsAProblem() throws Exception {
        m1.operations.answers = command -> new Operations.Answer(Outcome.REFUSED, "m2 lags");
        HttpResponse<String> answer = m1.post("/switchover", "{\"to\": \"m2\"}");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(problem(answer)).isEqualTo("refused");
        assertThat(json(answer).get("detail").getAsString()).isEqualTo("m2 lags");
    }

    @Test
    void lastingCommandsReachTheCore() throws Exception {
        for (String path : List.of("/restart", "/reinit", "/retire")) {
            assertThat(m1.post(path, "{\"member\":\"m1\"}").statusCode())
                    .as(path)
                    .isEqualTo(202);
        }
        assertThat(m1.post("/failover", "{\"to\":\"m1\",\"holderIsOff\":true}").statusCode())
                .isEqualTo(202);
        assertThat(m1.operations.submitted.stream()
                        .map(command -> command.getClass().getSimpleName()))
                .containsExactly("Restart", "Reinitialize", "Retire", "Failover");
    }

    @Test
    void reloadTellsWhichKeysWait() throws Exception {
        assertThat(json(m1.post("/reload", "")).toString())
                .isEqualTo("{\"applied\":[\"log.level\"],\"waiting\":[\"admin.listen\"]}");
        m1.operations.reloaded = new Operations.Reloaded(List.of(), List.of(), List.of("f:3: no such key"));
        HttpResponse<String> answer = m1.post("/reload", "");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("f:3: no such key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/switchover|{\"to\":\"m9\"}|422|unfit",
                "/switchover|{\"to\":\"M 2!\"}|422|unfit",
                "/switchover|{\"to\":7}|422|unfit",
                "/switchover|{\"to\":true}|422|unfit",
                "/switchover|{\"dryRun\":\"yes\"}|422|unfit",
                "/switchover|{\"target\":\"m2\"}|422|unfit",
                "/switchover|{\"to\":\"m2\",\"to\":\"m3\"}|422|unfit",
                "/switchover|[]|422|unfit",
                "/switchover|{\"to\":|400|malformed",
                "/switchover|{'to':'m2'}|400|malformed",
                "/switchover|{} {}|400|malformed",
                "/failover|{}|422|unfit",
                "/pause|{\"member\":\"m1\"}|422|unfit",
                "/reinit|{\"member\":\"m9\"}|422|unfit",
                "/reload|{\"x\":{}}|422|unfit"
            })
    void badInputChangesNothing(String path, String body, int status, String type) throws Exception {
        HttpResponse<String> answer = m1.post(path, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(problem(answer)).isEqualTo(type);
        assertThat(m1.operations.submitted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nothing", "/actions/", "/actions/m1.12345678", "/actions/x", "/actions/m1.1/2", "/primary/"})
    void whatIsNotThereIsNotFound(String path) throws Exception {
        HttpResponse<String> answer = m1.get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(problem(answer)).isEqualTo("not-found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST|/status|GET, HEAD, OPTIONS",
                "DELETE|/primary|GET, HEAD, OPTIONS",
                "GET|/switchover|OPTIONS, POST",
                "HEAD|/pause|OPTIONS, POST",
                "PUT|/actions/x|GET, HEAD, OPTIONS"
            })
    void wrongMethodsAreToldTheRightOnes(String method, String path, String allow) throws Exception {
        HttpResponse<String> answer = m1.send(method, path, "");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue(allow);
        HttpResponse<String> options = m1.send("OPTIONS", path.equals("/primary") ? "/status" : path, "");
        assertThat(options.statusCode()).isEqualTo(204);
    }

    @Test
    void beforeTheFirstStepNothingIsKnown() throws Exception {
        m1.operations.started = false;
        for (String path : List.of("/status", "/members", "/explain")) {
            assertThat(m1.get(path).statusCode()).as(path).isEqualTo(503);
        }
        assertThat(m1.post("/switchover", "{\"to\":\"m2\"}").statusCode()).isEqualTo(503);
        assertThat(m1.post("/pause", "").statusCode()).isEqualTo(503);
    }

    @Test
    void withoutAHolderNobodyHandsOver() throws Exception {
        m1.operations.lead(null);
        assertThat(m1.post("/switchover", "").statusCode()).isEqualTo(503);
        assertThat(m1.post("/pause", "").statusCode()).as("any member can").isEqualTo(200);
    }

    @Test
    void tooManyCommandsAreTooMany() throws Exception {
        int refused = 0;
        for (int i = 0; i < 300 && refused == 0; i++) {
            refused = m1.post("/pause", "").statusCode() == 429 ? i : 0;
        }
        assertThat(refused).isGreaterThanOrEqualTo(100);
        HttpResponse<String> next = m1.get("/primary");
        assertThat(next.statusCode()).as("checks go on").isEqualTo(200);
    }

    @Test
    void aFaultOfOursIsAnsweredAndSaysNothing() throws Exception {
        m1.operations.answers = command -> {
            throw new IllegalStateException("the inside");
        };
        HttpResponse<String> answer = m1.post("/restart", "");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("inside");
        m1.operations.answers = null;
        assertThat(m1.post("/restart", "").statusCode())
                .as("it keeps nothing out")
                .isEqualTo(202);
    }
}
