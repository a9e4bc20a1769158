package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.ApiServer;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Members that are processes of this machine, each with a pod of its name at a real API server, where no kubelet looks after
 * it: as the API shows the pods of nodes that are lost. Labels and Service follow them.
 */
class RoutingTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REST = Duration.ofSeconds(60);

    private static final List<List<String>> PRIMARIES = new CopyOnWriteArrayList<>();

    private static ApiServer api;
    private static LocalCluster cluster;
    private static Oracle oracle;
    private static Stream<String> watch;

    private LocalMember primary;
    private WritingClient client;

    @BeforeAll
    static void form() throws SQLException {
        api = ApiServer.start();
        cluster = LocalCluster.create(Scenario.PATIENT.withSetting("store.type", "kubernetes"));
        api.allow(name());
        api.makePods(name(), cluster.members());
        watch = api.watchPods(name());
        Thread.ofVirtual().start(RoutingTest::follow);
        cluster.members().forEach(api::configure);
        oracle = new Oracle(cluster);
        cluster.start();
        oracle.holds();
    }

    @AfterAll
    static void end() {
        watch.close();
        cluster.close();
        api.close();
    }

    @BeforeEach
    void write() throws SQLException {
        primary = oracle.begins();
        client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, LIMIT);
        awaitRouted(primary);
    }

    @AfterEach
    void neverTwo() {
        client.close();
        assertThat(PRIMARIES).isNotEmpty().allSatisfy(names -> assertThat(names).hasSizeLessThanOrEqualTo(1));
    }

    @Test
    void clientsFollowASwitchover() throws SQLException {
        long term = term();
        LocalMember target = cluster.membersBut(primary).getLast();
        JsonObject body = new JsonObject();
        body.addProperty("to", target.name());
        JsonObject action = primary.admin().act("/switchover", body, LIMIT);
        assertThat(LocalCluster.text(action, "state")).isEqualTo("done");
        assertThat(oracle.holds(client)).isEqualTo(target);
        awaitRouted(target);
        assertThat(selected()).isEqualTo(Long.toString(term + 1));
        assertThat(target.agentLog()).contains(EventCode.ROUTING_MOVED.name());
    }

    /** The pod of the lost node still looks as it did, for nobody tells the API server. */
    @Test
    void clientsFollowAFailover() throws SQLException {
        long term = term();
        long since = System.nanoTime();
        primary.loseNode();
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        LocalMember next = cluster.awaitPrimary(LIMIT);
        Waiting.until("the role of " + next, LIMIT, () -> "primary".equals(label(next, "role")), RoutingTest::labels);
        assertThat(selected()).isEqualTo(Long.toString(term + 1)).isEqualTo(label(next, "term"));
        assertThat(label(primary, "role")).isNull();
        assertThat(label(primary, "term")).isNull();
        primary.start();
        assertThat(oracle.holds()).isEqualTo(next);
        awaitRouted(next);
    }

    /** As in an upgrade: its labels are as they were all the time. */
    @Test
    void anAgentThatIsRestartedMovesNobody() throws SQLException {
        String selected = selected();
        int before = PRIMARIES.size();
        primary.stopAgent();
        primary.startAgent();
        assertThat(oracle.holds(client)).isEqualTo(primary);
        awaitRouted(primary);
        assertThat(selected()).isEqualTo(selected);
        assertThat(PRIMARIES.subList(before, PRIMARIES.size())).allMatch(List.of(primary.name())::equals);
    }

    /** What store and routing of three members ask for in a minute in which nothing happens. */
    @Test
    void atRestFewRequestsAreMade(TestReporter reporter) {
        int before = api.requests().size();
        Waiting.pause(REST.toNanos());
        List<String> requests = api.requests().subList(before, api.requests().size());
        reporter.publishEntry("requests in a minute", Long.toString(requests.size() * 60L / REST.toSeconds()));
        for (LocalMember member : cluster.members()) {
            reporter.publishEntry("KiB of " + member, Long.toString(Processes.residentKib(member.agentPid())));
        }
        assertThat(requests.size() * 60L / REST.toSeconds()).isLessThanOrEqualTo(60);
        assertThat(requests).noneMatch(request -> request.endsWith(" patch"));
    }

    private static void awaitRouted(LocalMember primary) {
        Waiting.until(
                "labels and Service of " + primary,
                LIMIT,
                () -> "primary".equals(label(primary, "role"))
                        && selected().equals(label(primary, "term"))
                        && cluster.membersBut(primary).stream()
                                .allMatch(member ->
                                        "replica".equals(label(member, "role")) && label(member, "term") == null),
                RoutingTest::labels);
    }

    private static String labels() {
        StringBuilder all = new StringBuilder("the Service leads to ").append(selected());
        for (LocalMember member : cluster.members()) {
            all.append("; ")
                    .append(member)
                    .append(' ')
                    .append(label(member, "role"))
                    .append(' ')
                    .append(label(member, "term"));
        }
        return all.toString();
    }

    private static @Nullable String label(LocalMember member, String label) {
        JsonElement value = api.pod(member.name())
                .getAsJsonObject("metadata")
                .getAsJsonObject("labels")
                .get("pgmahout.io/" + label);
        return value == null ? null : value.getAsString();
    }

    private static String selected() {
        JsonObject selector =
                api.service(name() + "-rw").getAsJsonObject("spec").getAsJsonObject("selector");
        return selector == null
                ? ""
                : Objects.requireNonNull(selector.get("pgmahout.io/term")).getAsString();
    }

    private static long term() {
        return api.lease(name()).getAsJsonObject("spec").get("leaseTransitions").getAsLong();
    }

    private static void follow() {
        Map<String, String> roles = new ConcurrentHashMap<>();
        try {
            watch.forEach(line -> {
                JsonObject metadata = JsonParser.parseString(line)
                        .getAsJsonObject()
                        .getAsJsonObject("object")
                        .getAsJsonObject("metadata");
                JsonElement role = metadata.getAsJsonObject("labels").get("pgmahout.io/role");
                roles.put(metadata.get("name").getAsString(), role == null ? "" : role.getAsString());
                PRIMARIES.add(roles.entrySet().stream()
                        .filter(entry -> entry.getValue().equals("primary"))
                        .map(Map.Entry::getKey)
                        .toList());
            });
        } catch (UncheckedIOException closed) {
            PRIMARIES.add(List.of());
        }
    }

    private static String name() {
        return Scenario.PATIENT.name();
    }
}
