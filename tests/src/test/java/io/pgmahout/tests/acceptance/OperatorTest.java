package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator asks by HTTP, rightly and wrongly, of a cluster that wants a token. */
class OperatorTest {
    private static final List<String> READING = List.of("/status", "/members", "/explain", "/history", "/config");
    private static final List<String> WITH_MEMBER = List.of("/restart", "/reinit", "/reload", "/retire");
    private static final List<String> ACTING =
            List.of("/switchover", "/failover", "/pause", "/resume", "/restart", "/reinit", "/reload", "/retire");

    /** Ten commands a second are served. */
    private static final Duration PACE = Duration.ofMillis(120);

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private LocalMember standby;

    @BeforeAll
    static void form() throws SQLException {
        cluster = Scenario.formed(Scenario.PATIENT.withToken().withParameter("log_statement", "all"));
        oracle = new Oracle(cluster);
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        primary = oracle.begins();
        standby = cluster.membersBut(primary).getFirst();
    }

    @AfterEach
    void bringBack() {
        Scenario.bringBack(cluster);
    }

    // HTTP

    @Test
    @Tag("O1")
    void whatIsAskedRightlyIsDone() throws SQLException {
        for (String path : READING) {
            assertThat(primary.admin().get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(primary.admin().get("/explain?member=" + standby.name()).status())
                .isEqualTo(200);
        assertThat(primary.strangersAdmin().get("/openapi.yaml").status()).isEqualTo(200);
        JsonObject trial = Scenario.body("to", standby.name());
        trial.addProperty("dryRun", true);
        assertThat(post(standby, "/switchover", trial).text()).contains("would stop " + primary.name());
        assertThat(post(primary, "/failover", trial).text()).contains("the primary lives: use switchover");
        assertThat(done(standby, "/pause")).isEqualTo("done");
        assertThat(done(standby, "/resume")).isEqualTo("done");
        assertThat(post(primary, "/reload", Scenario.body("member", standby.name()))
                        .status())
                .isEqualTo(200);
        assertThat(done(primary, "/restart", "member", standby.name())).isEqualTo("done");
        oracle.holds();
        assertThat(done(primary, "/reinit", "member", standby.name())).isEqualTo("done");
        oracle.holds();
        assertThat(post(primary, "/retire", Scenario.body("member", standby.name()))
                        .status())
                .isEqualTo(202);
        Waiting.until("the end of the agent of " + standby, Scenario.LIMIT, () -> !standby.agentRuns());
        standby.startAgent();
        assertThat(oracle.holds()).isEqualTo(primary);
    }

    @Test
    @Tag("O1")
    void whatIsAskedWronglyChangesNothing() throws SQLException {
        String before = Scenario.standing(cluster);
        for (String path : READING) {
            refused(primary.admin().get(path + "?frobnicate=1"), 400, "frobnicate");
            refused(primary.admin().post(path, Scenario.body()), 405, "");
        }
        for (String path : ACTING) {
            refused(post(primary, path, Scenario.body("frobnicate", "1")), 422, "frobnicate");
            Waiting.pause(PACE.toNanos());
            refused(primary.admin().post(path, "{"), 400, "");
            refused(primary.admin().get(path), 405, "");
        }
        for (String path : WITH_MEMBER) {
            refused(post(primary, path, Scenario.body("member", "nobody")), 422, "nobody");
        }
        refused(post(primary, "/switchover", Scenario.body("to", "nobody")), 422, "nobody");
        refused(post(primary, "/failover", Scenario.body("to", "nobody")), 422, "nobody");
        refused(post(primary, "/failover", Scenario.body()), 422, "to");
        refused(post(primary, "/failover", Scenario.body("to", standby.name())), 409, "use switchover");
        refused(post(primary, "/switchover", Scenario.body("to", standby.name(), "dryRun", "yes")), 422, "dryRun");
        refused(post(primary, "/reinit", Scenario.body("member", primary.name())), 409, "holds the term");
        refused(post(primary, "/resume", Scenario.body()), 409, "not paused");
        refused(primary.admin().get("/explain?member=nobody"), 422, "nobody");
        refused(primary.admin().get("/actions/nobody.1"), 404, "");
        refused(primary.admin().get("/frobnicate"), 404, "frobnicate");
        assertThat(Scenario.standing(cluster)).isEqualTo(before);
        assertThat(oracle.holds()).isEqualTo(primary);
    }

    @Test
    @Tag("O1")
    void whoHasNoTokenIsRefused() throws SQLException {
        String before = Scenario.standing(cluster);
        for (String path : READING) {
            refused(primary.strangersAdmin().get(path), 401, "");
        }
        for (String path : ACTING) {
            Waiting.pause(PACE.toNanos());
            refused(
                    primary.strangersAdmin()
                            .post(path, Scenario.body(path.equals("/failover") ? "to" : "member", standby.name())),
                    401,
                    "");
        }
        assertThat(primary.strangersAdmin().get("/primary").status()).isEqualTo(200);
        assertThat(Scenario.standing(cluster)).isEqualTo(before);
        assertThat(oracle.holds()).isEqualTo(primary);
    }

    @Test
    @Tag("O1")
    void whatAnAgentThatIsDownShouldDoIsRefused() throws SQLException {
        String before = Scenario.standing(cluster);
        standby.killAgent();
        for (String path : WITH_MEMBER) {
            refused(post(primary, path, Scenario.body("member", standby.name())), 502, standby.name());
        }
        refused(post(primary, "/failover", Scenario.body("to", standby.name())), 502, standby.name());
        refused(primary.admin().get("/explain?member=" + standby.name()), 502, standby.name());
        Waiting.until(
                "the primary misses " + standby,
                Scenario.LIMIT,
                () -> Scenario.notPromoted(primary, standby).contains("does not answer"));
        refused(post(primary, "/switchover", Scenario.body("to", standby.name())), 409, "does not answer");
        assertThatThrownBy(() -> standby.admin().get("/status")).isInstanceOf(ClusterException.class);
        standby.startAgent();
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(Scenario.standing(cluster)).isEqualTo(before);
    }

    @Test
    @Tag("O2")
    void everyMemberIsExplained() {
        for (LocalMember member : cluster.members()) {
            JsonObject explained = primary.admin()
                    .get("/explain?member=" + member.name())
                    .body()
                    .getAsJsonObject();
            assertThat(LocalCluster.text(explained, "member")).isEqualTo(member.name());
            List<String> questions = new ArrayList<>();
            explained.getAsJsonArray("verdicts").forEach(verdict -> {
                JsonObject one = verdict.getAsJsonObject();
                assertThat(one.get("rule").getAsInt()).isPositive();
                assertThat(LocalCluster.text(one, "name")).isNotEmpty();
                assertThat(LocalCluster.text(one, "explanation")).endsWith(".");
                assertThat(one.getAsJsonObject("inputs").size()).isPositive();
                questions.add(LocalCluster.text(one, "question"));
            });
            assertThat(questions).containsExactly("server", "record", "promise");
        }
    }

    // Secrets

    @Test
    @Tag("O5")
    void noSecretIsTold() throws SQLException, IOException {
        Path misread = cluster.directory().resolve("readable");
        Files.copy(cluster.tokenFile(), misread);
        assertThat(misread.toFile().setReadable(true, false)).isTrue();
        List<String> told = new ArrayList<>();
        try (SecretsSpy spy = new SecretsSpy(cluster.secrets())) {
            assertThat(done(primary, "/reinit", "member", standby.name())).isEqualTo("done");
            long since = System.nanoTime();
            primary.killPostmaster();
            LocalMember now = cluster.awaitPrimary(Scenario.LIMIT);
            oracle.holds();
            for (LocalMember member : cluster.members()) {
                for (String path : READING) {
                    told.add(member.admin().get(path).body().toString());
                }
                member.signalAgent("QUIT");
                told.add(CommandRun.of(
                                "config",
                                "show",
                                "--file",
                                member.configuration().toString())
                        .text());
            }
            told.add(CommandRun.of("config", "check", misconfigured(misread).toString())
                    .text());
            told.add(CommandRun.of(("status --admin " + now.adminAddress() + " --token-file " + misread).split(" "))
                    .text());
            assertThat(System.nanoTime()).isGreaterThan(since);
            for (LocalMember member : cluster.members()) {
                Waiting.until(
                        "a thread dump of " + member,
                        Scenario.LIMIT,
                        () -> member.agentLog().contains("Full thread dump"));
            }
            assertThat(spy.seen()).as("processes that show a secret").isEmpty();
            assertThat(spy.looks()).isGreaterThan(10);
        }
        assertThat(told).noneMatch(this::holdsSecret);
        assertThat(tellingFiles()).as("files that hold a secret").isEmpty();
    }

    private Path misconfigured(Path token) throws IOException {
        String text = Files.readString(primary.configuration()) + "admin.tls.frobnicate: 1\n";
        return Files.writeString(
                cluster.directory().resolve("misconfigured.yaml"),
                text.replace(cluster.tokenFile().toString() + "\n", token + "\n"));
    }

    private boolean holdsSecret(String text) {
        return cluster.secrets().stream().anyMatch(text::contains);
    }

    /** Logs, what agent and gate keep, and the store; not the files whose purpose are secrets. */
    private List<Path> tellingFiles() throws IOException {
        List<Path> telling = new ArrayList<>();
        List<Path> roots = new ArrayList<>(List.of(cluster.record().getParent()));
        for (LocalMember member : cluster.members()) {
            for (String name : List.of("agent.log", "gate.log", "conf.yaml", "state", "sock")) {
                roots.add(member.directory().resolve(name));
            }
            roots.add(member.run());
        }
        for (Path root : roots) {
            try (var files = Files.walk(root)) {
                for (Path file : files.filter(OperatorTest::mayBeTold).toList()) {
                    if (holdsSecret(
                            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))) {
                        telling.add(file);
                    }
                }
            }
        }
        return telling;
    }

    /** Not the password file that the gate's jobs are given. */
    private static boolean mayBeTold(Path file) {
        return Files.isRegularFile(file) && !file.endsWith("pgpass");
    }

    private static AdminPort.Reply post(LocalMember member, String path, JsonObject body) {
        Waiting.pause(PACE.toNanos());
        return member.admin().post(path, body);
    }

    private static String done(LocalMember member, String path, String... pairs) {
        Waiting.pause(PACE.toNanos());
        JsonObject action = member.admin().act(path, Scenario.body(pairs), Scenario.LIMIT);
        return LocalCluster.text(action, "state");
    }

    private static void refused(AdminPort.Reply reply, int status, String words) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.text()).isNotBlank().contains(words);
    }
}
