package io.pgmahout.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.kubernetes.Kubernetes;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Pods and a Service of a real API server, without kubelets: what leads the clients of one cluster of a test. */
final class RoutedCluster implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(20);

    private static final String CORE = "/api/v1/namespaces/" + KubernetesServer.NAMESPACE;

    final String name = "zoo-" + UUID.randomUUID().toString().substring(0, 8);
    final KubernetesServer server;

    /** What the record says. */
    final AtomicLong term = new AtomicLong(1);

    private final List<Runnable> closing = new ArrayList<>();

    /** One member's router, and what it logged. */
    record Member(KubernetesRouter router, List<Notice> log) {

        long logged(EventCode code) {
            return log.stream().filter(notice -> notice.code() == code).count();
        }

        @Nullable
        String detail(EventCode code) {
            return log.stream()
                    .filter(notice -> notice.code() == code)
                    .map(notice -> notice.fields().get("detail"))
                    .findFirst()
                    .orElse(null);
        }
    }

    RoutedCluster(int pods) throws Exception {
        server = KubernetesServer.shared();
        // Made by a controller where there is one; no pod can be made without.
        server.ask("POST", CORE + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
        for (int i = 0; i < pods; i++) {
            pod(pod(i));
        }
        service();
    }

    String pod(int number) {
        return name + "-" + number;
    }

    void pod(String pod) {
        server.call("POST", CORE + "/pods", """
                {"metadata": {"name": "%s", "labels": {"pgmahout.io/cluster": "%s"}},
                 "spec": {"containers": [{"name": "postgres", "image": "none"}]}}
                """.formatted(pod, name));
    }

    void service() {
        server.call(
                "POST",
                CORE + "/services",
                "{\"metadata\":{\"name\":\"" + serviceName() + "\"},\"spec\":{\"ports\":[{\"port\":5432}]}}");
    }

    void removeService() {
        server.call("DELETE", service(serviceName()), null);
    }

    String serviceName() {
        return name + "-rw";
    }

    Member member(int pod) throws IOException {
        return member(pod, server.endpoint(), KubernetesServer.ADMIN);
    }

    Member member(int pod, URI endpoint, String token) throws IOException {
        KubernetesHttp http = Kubernetes.open(new KubernetesLogin.Kubeconfig(server.kubeconfig(endpoint, token)), null);
        List<Notice> log = new CopyOnWriteArrayList<>();
        KubernetesRouter router = new KubernetesRouter(
                http,
                new RoutingTarget(name, pod(pod), serviceName()),
                limit -> Optional.of(new Term(term.get())),
                log::add);
        closing.add(http::close);
        closing.add(router::close);
        return new Member(router, log);
    }

    @Nullable
    String label(int pod, String label) {
        JsonObject labels = server.call("GET", pods(pod(pod)), null)
                .getAsJsonObject("metadata")
                .getAsJsonObject("labels");
        JsonElement value = labels == null ? null : labels.get("pgmahout.io/" + label);
        return value == null ? null : value.getAsString();
    }

    /** The Service's selector as it is now. */
    Map<String, String> selector() {
        JsonObject selector = server.call("GET", service(serviceName()), null)
                .getAsJsonObject("spec")
                .getAsJsonObject("selector");
        Map<String, String> labels = new java.util.TreeMap<>();
        if (selector != null) {
            selector.entrySet()
                    .forEach(
                            entry -> labels.put(entry.getKey(), entry.getValue().getAsString()));
        }
        return labels;
    }

    /** The newest term of the primary that the Service belongs to, as it says itself. */
    @Nullable
    String claim() {
        JsonObject annotations = server.call("GET", service(serviceName()), null)
                .getAsJsonObject("metadata")
                .getAsJsonObject("annotations");
        return annotations == null ? null : annotations.get("pgmahout.io/term").getAsString();
    }

    void awaitClaim(long term) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(claim()).isEqualTo(Long.toString(term)));
    }

    void awaitLeads(long to) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(selector())
                        .isEqualTo(Map.of("pgmahout.io/cluster", name, "pgmahout.io/term", Long.toString(to))));
    }

    void awaitLabel(int pod, String label, @Nullable String value) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(label(pod, label))
                        .as("%s of %s", label, pod(pod))
                        .isEqualTo(value));
    }

    /** As somebody with kubectl does it; null for none. */
    void label(int pod, String label, @Nullable String value) {
        server.call(
                "PATCH",
                pods(pod(pod)),
                "{\"metadata\":{\"labels\":{\"pgmahout.io/" + label + "\":"
                        + (value == null ? null : "\"" + value + "\"") + "}}}");
    }

    void select(String term) {
        server.call("PATCH", service(serviceName()), "{\"spec\":{\"selector\":{\"pgmahout.io/term\":" + term + "}}}");
    }

    /** Of the Events of Kubernetes about an object, the reasons. */
    List<String> reasons(String kind, String object) {
        List<String> reasons = new ArrayList<>();
        server.call(
                        "GET",
                        CORE + "/events?fieldSelector=involvedObject.kind=" + kind + ",involvedObject.name=" + object,
                        null)
                .getAsJsonArray("items")
                .forEach(event ->
                        reasons.add(event.getAsJsonObject().get("reason").getAsString()));
        return reasons;
    }

    static String pods(String name) {
        return CORE + "/pods/" + name;
    }

    static String service(String name) {
        return CORE + "/services/" + name;
    }

    @Override
    public void close() {
        closing.reversed().forEach(Runnable::run);
    }
}
