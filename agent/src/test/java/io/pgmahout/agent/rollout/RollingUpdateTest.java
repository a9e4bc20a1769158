package io.pgmahout.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.kubernetes.Kubernetes;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.EventCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real API server, whose controller of StatefulSets is played by the test. */
class RollingUpdateTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String CORE = "/api/v1/namespaces/" + KubernetesServer.NAMESPACE;
    private static final String APPS = "/apis/apps/v1/namespaces/" + KubernetesServer.NAMESPACE;
    private static final String POLICY = "/apis/policy/v1/namespaces/" + KubernetesServer.NAMESPACE;
    private static final RolloutPace QUICK = new RolloutPace(
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(300));

    private final String name = "zoo-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Notice> log = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private KubernetesServer server;
    private String set;

    /** The member, as the agent of zoo-0 would see it. */
    private static final class Leader implements Member {
        volatile boolean leads = true;
        volatile List<String> problems = List.of();
        volatile Optional<String> refusal = Optional.empty();
        final AtomicInteger handOvers = new AtomicInteger();

        @Override
        public boolean mayAct() {
            return leads;
        }

        @Override
        public List<String> problems() {
            return problems;
        }

        @Override
        public Optional<String> handOver(Duration limit) {
            handOvers.incrementAndGet();
            leads = refusal.isPresent();
            return refusal;
        }
    }

    private final Leader leader = new Leader();

    @BeforeEach
    void start() throws Exception {
        server = KubernetesServer.shared();
        server.ask("POST", CORE + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
        set = server.call("POST", APPS + "/statefulsets", """
                        {"metadata": {"name": "%1$s"},
                         "spec": {"replicas": 3, "serviceName": "%1$s", "updateStrategy": {"type": "OnDelete"},
                           "selector": {"matchLabels": {"pgmahout.io/cluster": "%1$s"}},
                           "template": {"metadata": {"labels": {"pgmahout.io/cluster": "%1$s"}},
                             "spec": {"containers": [{"name": "postgres", "image": "none"}]}}}}
                        """.formatted(name))
                .getAsJsonObject("metadata")
                .get("uid")
                .getAsString();
        for (int i = 0; i < 3; i++) {
            pod(i, "old");
        }
        revision("old", 3);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable part : closing.reversed()) {
            part.close();
        }
    }

    @Test
    void theStandbysGoThenAnotherLeadsAndTheNextPrimaryGoesOnWithTheOldOne() throws Exception {
        begin(KubernetesServer.ADMIN, 0, leader);
        revision("new", 0);
        await().atMost(LIMIT).until(() -> !exists(2));
        assertThat(exists(1)).isTrue();
        // Nothing more goes before it is back and well.
        leader.problems = List.of(name + "-2 does not stream from " + name + "-0");
        pod(2, "new");
        await().atMost(LIMIT).until(() -> logged(EventCode.ROLLING_UPDATE_WAITS) == 1);
        assertThat(exists(1)).isTrue();
        leader.problems = List.of();
        await().atMost(LIMIT).until(() -> !exists(1));
        assertThat(leader.handOvers.get()).isZero();
        pod(1, "new");
        await().atMost(LIMIT).until(() -> leader.handOvers.get() == 1);
        assertThat(exists(0)).isTrue();
        assertThat(logged(EventCode.ROLLING_UPDATE_ENDED)).isZero();

        begin(KubernetesServer.ADMIN, 2, new Leader());
        await().atMost(LIMIT).until(() -> !exists(0));
        pod(0, "new");
        revision("new", 3);
        await().atMost(LIMIT).until(() -> logged(EventCode.ROLLING_UPDATE_ENDED) == 1);
        assertThat(logged(EventCode.ROLLING_UPDATE_STEP)).isEqualTo(3);
        assertThat(leader.handOvers.get()).isEqualTo(1);
    }

    @Test
    void aHandOverThatIsRefusedIsTriedAgainAndTold() throws Exception {
        pod(1, "new");
        pod(2, "new");
        leader.refusal = Optional.of("nobody may lead");
        begin(KubernetesServer.ADMIN, 0, leader);
        revision("new", 2);
        await().atMost(LIMIT).until(() -> leader.handOvers.get() > 2);
        assertThat(exists(0)).isTrue();
        assertThat(details(EventCode.ROLLING_UPDATE_WAITS)).containsExactly("no other member leads: nobody may lead");
    }

    /** Its template never worked; the cluster is not well without it. */
    @Test
    void aPodThatServesNobodyGivesWayToABetterTemplate() throws Exception {
        pod(2, "broken", "False");
        leader.problems = List.of(name + "-2 does not answer");
        begin(KubernetesServer.ADMIN, 0, leader);
        revision("new", 0);
        await().atMost(LIMIT).until(() -> !exists(2));
        assertThat(exists(1)).isTrue();
    }

    @Test
    void whoeverDoesNotLeadDoesNothing() throws Exception {
        leader.leads = false;
        begin(KubernetesServer.ADMIN, 0, leader);
        revision("new", 0);
        begin(KubernetesServer.ADMIN, 1, new Leader());
        await().atMost(LIMIT).until(() -> !exists(2));
        assertThat(exists(1)).isTrue();
        assertThat(exists(0)).isTrue();
    }

    /** Nothing has counted yet how many may be missing, so the API server lets none go. */
    @Test
    void aDisruptionBudgetIsKept() throws Exception {
        server.call("POST", POLICY + "/poddisruptionbudgets", """
                {"metadata": {"name": "%1$s"},
                 "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"pgmahout.io/cluster": "%1$s"}}}}
                """.formatted(name));
        begin(KubernetesServer.ADMIN, 0, leader);
        revision("new", 0);
        await().atMost(LIMIT).until(() -> logged(EventCode.ROLLING_UPDATE_WAITS) == 1);
        assertThat(details(EventCode.ROLLING_UPDATE_WAITS).getFirst())
                .startsWith("the pod " + name + "-2 is not evicted");
        assertThat(exists(2)).isTrue();
        server.call("DELETE", POLICY + "/poddisruptionbudgets/" + name, null);
        await().atMost(LIMIT).until(() -> !exists(2));
        await().atMost(LIMIT).until(() -> logged(EventCode.FAILURE_ENDED) == 1);
    }

    @Test
    void aRightThatIsMissingIsNamed() throws Exception {
        begin(KubernetesServer.NOBODY, 0, leader);
        await().atMost(LIMIT).until(() -> logged(EventCode.ROLLING_UPDATE_WAITS) == 1);
        assertThat(details(EventCode.ROLLING_UPDATE_WAITS).getFirst())
                .contains("grant the verb \"get\" on statefulsets of apps");
    }

    @Test
    void theRightToEvictIsNamedWhereItIsMissing() throws Exception {
        String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + KubernetesServer.NAMESPACE;
        server.call("POST", rbac + "/roles", """
                {"metadata": {"name": "%1$s"}, "rules": [
                  {"apiGroups": ["apps"], "resources": ["statefulsets"], "verbs": ["get"]},
                  {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]}
                """.formatted(name));
        server.call("POST", rbac + "/rolebindings", """
                {"metadata": {"name": "%1$s"},
                 "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "agent"}],
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "%1$s"}}
                """.formatted(name));
        try {
            begin(KubernetesServer.AGENT, 0, leader);
            revision("new", 0);
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(details(EventCode.ROLLING_UPDATE_WAITS))
                            .anyMatch(detail -> detail.contains("grant the verb \"create\" on pods/eviction")));
            assertThat(exists(2)).isTrue();
        } finally {
            server.call("DELETE", rbac + "/rolebindings/" + name, null);
        }
    }

    private void begin(String token, int pod, Member member) throws Exception {
        KubernetesHttp http =
                Kubernetes.open(new KubernetesLogin.Kubeconfig(server.kubeconfig(server.endpoint(), token)), null);
        closing.add(http);
        closing.add(new RollingUpdate(http, new RolloutTarget(name, name, name + "-" + pod), QUICK, member, log::add));
    }

    private long logged(EventCode code) {
        return log.stream().filter(notice -> notice.code() == code).count();
    }

    private List<String> details(EventCode code) {
        return log.stream()
                .filter(notice -> notice.code() == code)
                .map(notice -> String.valueOf(notice.fields().get("detail")))
                .toList();
    }

    private boolean exists(int pod) {
        return server.ask("GET", CORE + "/pods/" + name + "-" + pod, null).statusCode() == 200;
    }

    /** As the controller makes it, and a kubelet says that it serves. */
    private void pod(int number, String revision) {
        pod(number, revision, "True");
    }

    private void pod(int number, String revision, String ready) {
        String pod = name + "-" + number;
        server.ask("DELETE", CORE + "/pods/" + pod + "?gracePeriodSeconds=0", null);
        server.call("POST", CORE + "/pods", """
                {"metadata": {"name": "%s", "labels": {"pgmahout.io/cluster": "%s", "controller-revision-hash": "%s"},
                   "ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "%s", "uid": "%s"}]},
                 "spec": {"containers": [{"name": "postgres", "image": "none"}]}}
                """.formatted(pod, name, revision, name, set));
        server.call(
                "PATCH",
                CORE + "/pods/" + pod + "/status",
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"" + ready
                        + "\"}]}}");
    }

    private void revision(String newest, int updated) {
        JsonObject seen = server.call("GET", APPS + "/statefulsets/" + name, null);
        server.call("PATCH", APPS + "/statefulsets/" + name + "/status", """
                {"status": {"replicas": 3, "observedGeneration": %s, "updateRevision": "%s", "updatedReplicas": %d}}
                """.formatted(
                        seen.getAsJsonObject("metadata").get("generation"), newest, updated));
    }
}
