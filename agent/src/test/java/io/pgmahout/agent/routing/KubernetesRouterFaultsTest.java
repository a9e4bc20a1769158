package io.pgmahout.agent.routing;

import static io.pgmahout.agent.routing.RoutedCluster.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.kubernetes.KubernetesProxy;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.routing.RoutedCluster.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of clients where the API server, the network or the rights break. */
class KubernetesRouterFaultsTest {

    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + KubernetesServer.NAMESPACE;

    private final List<AutoCloseable> open = new ArrayList<>();
    private RoutedCluster cluster;
    private KubernetesProxy proxy;
    private String granted = "";

    @BeforeEach
    void start() throws Exception {
        cluster = new RoutedCluster(2);
        open.add(cluster);
        proxy = new KubernetesProxy(cluster.server);
        open.add(proxy);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    static Stream<Arguments> faults() {
        String status = "{\"kind\":\"Status\",\"reason\":\"%s\",\"message\":\"broken by the test\"}";
        return Stream.of(
                Arguments.of("conflict", new KubernetesProxy.Answer(false, 409, "", status.formatted("Conflict"))),
                Arguments.of("busy", new KubernetesProxy.Answer(false, 429, "1", "")),
                Arguments.of("fault", new KubernetesProxy.Answer(false, 500, "", status.formatted("InternalError"))),
                Arguments.of("fault, applied", new KubernetesProxy.Answer(true, 503, "", "<html>")),
                Arguments.of("nonsense, applied", new KubernetesProxy.Answer(true, 200, "", "{}")),
                Arguments.of("hangs", new KubernetesProxy.Hang(false)),
                Arguments.of("hangs, applied", new KubernetesProxy.Hang(true)),
                Arguments.of("cut", new KubernetesProxy.Cut(false)),
                Arguments.of("cut, applied", new KubernetesProxy.Cut(true)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aPatchThatFailsIsTriedAgainUntilItWorks(String name, KubernetesProxy.Fault fault) throws Exception {
        Member member = cluster.member(0, proxy.endpoint(), KubernetesServer.ADMIN);
        follow(member, 1);
        cluster.awaitLabel(0, "role", "replica");
        proxy.fault("PATCH ", fault);
        lead(member, 1);
        await().atMost(LIMIT).until(() -> proxy.requests("PATCH ") >= 3);
        proxy.heal();
        cluster.awaitLeads(1);
        cluster.awaitLabel(0, "role", "primary");
        await().atMost(LIMIT)
                .until(() -> member.logged(EventCode.ROUTING_LOST) == member.logged(EventCode.ROUTING_BACK));
        assertThat(member.logged(EventCode.ROUTING_LOST)).isLessThanOrEqualTo(1);
        assertThat(member.logged(EventCode.ROUTING_CORRECTED)).isZero();
    }

    /** Meanwhile nothing moves; then what is wished last is done, and nothing that was wished before. */
    @Test
    void whileTheApiIsAwayNothingMovesAndTheNewestWishWins() throws Exception {
        Member first = cluster.member(0, proxy.endpoint(), KubernetesServer.ADMIN);
        Member second = cluster.member(1, proxy.endpoint(), KubernetesServer.ADMIN);
        lead(first, 1);
        follow(second, 1);
        cluster.awaitLabel(0, "role", "primary");
        cluster.awaitLabel(1, "role", "replica");
        proxy.fault("", new KubernetesProxy.Hang(false));
        second.router().route(Role.PRIMARY, new Term(2), true);
        await().atMost(LIMIT).until(() -> second.logged(EventCode.ROUTING_LOST) == 1);
        lead(second, 2);
        follow(second, 3);
        assertThat(cluster.selector()).containsEntry("pgmahout.io/term", "1");
        assertThat(cluster.label(0, "role")).isEqualTo("primary");
        assertThat(cluster.label(1, "role")).isEqualTo("replica");
        cluster.term.set(3);
        lead(first, 3);
        proxy.heal();
        await().atMost(LIMIT).until(() -> second.logged(EventCode.ROUTING_BACK) == 1);
        await().atMost(LIMIT).until(() -> first.logged(EventCode.ROUTING_LOST) == first.logged(EventCode.ROUTING_BACK));
        cluster.awaitLabel(1, "term", null);
        assertThat(cluster.selector()).containsEntry("pgmahout.io/term", "1");
        assertThat(second.logged(EventCode.ROUTING_LOST)).isEqualTo(1);
        assertThat(second.logged(EventCode.ROUTING_MOVED)).isZero();

        // What changed while nobody heard of it is put right by those that hear again.
        cluster.label(0, "role", null);
        cluster.awaitLabel(0, "role", "primary");
    }

    /** With exactly what docs/stores.md grants; the lack of each is named. */
    @Test
    void aVerbThatIsMissingIsNamed() throws Exception {
        String pods = "[\"get\",\"list\",\"watch\",\"patch\"]";
        String service = "[\"get\",\"watch\",\"patch\"]";
        grant();
        allow(pods, service);
        Member member = cluster.member(0, cluster.server.endpoint(), KubernetesServer.AGENT);
        lead(member, 1);
        cluster.awaitLeads(1);
        cluster.awaitLabel(0, "role", "primary");
        assertThat(member.logged(EventCode.ROUTING_LOST)).isZero();
        await().atMost(LIMIT).until(() -> cluster.reasons("Pod", cluster.pod(0)).contains("Primary"));
        cluster.label(0, "cluster", null);
        cluster.awaitLabel(0, "cluster", cluster.name);

        member.router().close();

        for (Map.Entry<String, String> lack : Map.of(
                        "patch\" on pods", "[\"get\",\"list\",\"watch\"] " + service,
                        "patch\" on services", pods + " [\"get\",\"watch\"]",
                        "list\" on pods", "[\"get\",\"watch\",\"patch\"] " + service,
                        "watch\" on pods", "[\"get\",\"list\",\"patch\"] " + service,
                        "get\" on pods", "[\"list\",\"watch\",\"patch\"] " + service,
                        "watch\" on services", pods + " [\"get\",\"patch\"]")
                .entrySet()) {
            cluster = new RoutedCluster(1);
            open.add(cluster);
            String[] rights = lack.getValue().split(" ", 2);
            allow(rights[0], rights[1]);
            // Nobody can say from when on an API server heeds new rights, but to one who has them not it says so.
            await().atMost(LIMIT).until(() -> !mayAgent(lack.getKey()));
            cluster.label(0, "cluster", lack.getKey().equals("get\" on pods") ? null : cluster.name);
            Member poor = cluster.member(0, cluster.server.endpoint(), KubernetesServer.AGENT);
            lead(poor, 1);
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(poor.detail(EventCode.ROUTING_LOST))
                            .as(lack.getKey())
                            .contains("grant the verb \"" + lack.getKey()));
            allow(pods, service);
            cluster.awaitLabel(0, "role", "primary");
            await().atMost(LIMIT).until(() -> poor.logged(EventCode.ROUTING_BACK) == 1);
            assertThat(poor.logged(EventCode.ROUTING_LOST)).isEqualTo(1);
            poor.router().close();
        }
    }

    /** They are for people: clients are led all the same. */
    @Test
    void theRightToMakeEventsIsNamedOnceWhereItIsMissing() throws Exception {
        grant();
        cluster.server.call(
                "PUT",
                RBAC + "/roles/" + granted,
                role("[\"get\",\"list\",\"watch\",\"patch\"]", "[\"get\",\"watch\",\"patch\"]")
                        .replace("create", "list"));
        await().atMost(LIMIT).until(() -> !mayAgent("create\" on events"));
        Member member = cluster.member(0, cluster.server.endpoint(), KubernetesServer.AGENT);
        lead(member, 1);
        cluster.awaitLabel(0, "role", "primary");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(member.detail(EventCode.ROLE_EVENTS_REFUSED))
                        .contains("grant the verb \"create\" on events"));
        follow(member, 2);
        cluster.awaitLabel(0, "role", "replica");
        assertThat(member.logged(EventCode.ROLE_EVENTS_REFUSED)).isEqualTo(1);
        assertThat(member.logged(EventCode.ROUTING_LOST)).isZero();
        assertThat(cluster.reasons("Pod", cluster.pod(0))).isEmpty();
    }

    /** Whether the API server lets the agent do {@code verb" on resource} now. */
    private boolean mayAgent(String lack) {
        String[] words = lack.replace("\"", "").split(" ", 3);
        return cluster.server
                .call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", """
                        {"spec": {"user": "agent", "resourceAttributes":
                          {"namespace": "%s", "verb": "%s", "resource": "%s", "name": "%s"}}}
                        """.formatted(
                                KubernetesServer.NAMESPACE,
                                words[0],
                                words[2],
                                words[2].equals("services") ? cluster.serviceName() : ""))
                .getAsJsonObject("status")
                .get("allowed")
                .getAsBoolean();
    }

    private void grant() {
        granted = cluster.name;
        cluster.server.call("POST", RBAC + "/roles", role("[\"get\"]", "[\"get\"]"));
        cluster.server.call("POST", RBAC + "/rolebindings", """
                {"metadata": {"name": "%1$s"},
                 "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "agent"}],
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "%1$s"}}
                """.formatted(granted));
        RoutedCluster first = cluster;
        open.add(() -> first.server.call("DELETE", RBAC + "/rolebindings/" + first.name, null));
    }

    private void allow(String pods, String service) {
        cluster.server.call("PUT", RBAC + "/roles/" + granted, role(pods, service));
    }

    /** The rights on pods and Services that docs/stores.md lists, or some of them. */
    private String role(String pods, String service) {
        return """
                {"metadata": {"name": "%s"}, "rules": [
                  {"apiGroups": [""], "resources": ["pods"], "verbs": %s},
                  {"apiGroups": [""], "resources": ["services"], "resourceNames": ["%s"], "verbs": %s},
                  {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]}]}
                """.formatted(granted, pods, cluster.serviceName(), service);
    }

    private static void lead(Member member, long term) {
        member.router().route(Role.PRIMARY, new Term(term), false);
    }

    private static void follow(Member member, long term) {
        member.router().route(Role.STANDBY, new Term(term), false);
    }
}
