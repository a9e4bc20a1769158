package io.pgmahout.agent.cluster;

import static io.pgmahout.agent.cluster.ClusterStoreContract.LIMIT;
import static io.pgmahout.agent.cluster.ClusterStoreContract.applied;
import static io.pgmahout.agent.cluster.ClusterStoreContract.awaitLast;
import static io.pgmahout.agent.cluster.ClusterStoreContract.found;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.kubernetes.KubernetesLogin.Kubeconfig;
import io.pgmahout.agent.kubernetes.KubernetesLogin.ServiceAccount;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As whom a store asks, and what it may. */
class KubernetesRightsTest {

    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + KubernetesServer.NAMESPACE;

    private final String name = "lease-" + UUID.randomUUID();
    private final List<AutoCloseable> open = new ArrayList<>();
    private KubernetesServer server;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        server = KubernetesServer.shared();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** The rights of docs/stores.md are enough; the lack of each is named. */
    @Test
    void aVerbThatIsMissingIsNamed() throws Exception {
        grant("User", "agent", "get", "update", "watch");
        ClusterStore store = open(new Kubeconfig(server.kubeconfig(server.endpoint(), KubernetesServer.AGENT)));
        await().atMost(LIMIT).until(() -> store.read(LIMIT) instanceof ReadOutcome.Absent);
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        List<Stored> seen = new CopyOnWriteArrayList<>();
        store.watch(seen::add, lost -> {});
        awaitLast(seen, version);

        allow("get", "watch");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(store.compareAndSet(version, next("write-1"), LIMIT))
                        .isInstanceOfSatisfying(
                                WriteOutcome.Refused.class,
                                refused -> assertThat(refused.reason())
                                        .startsWith("not allowed to update the Lease " + name + " in namespace test")
                                        .contains("grant the verb \"update\"")));
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);
        allow("update", "watch");
        await().atMost(LIMIT).untilAsserted(() -> assertRefused(store, "grant the verb \"get\""));

        List<String> lost = new CopyOnWriteArrayList<>();
        allow("get", "update");
        await().atMost(LIMIT).until(() -> store.read(LIMIT) instanceof ReadOutcome.Found);
        open(new Kubeconfig(server.kubeconfig(server.endpoint(), KubernetesServer.AGENT)))
                .watch(seen::add, lost::add);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(lost).first().asString().contains("grant the verb \"watch\""));
        allow("get", "update", "watch");
        await().atMost(LIMIT).untilAsserted(() -> assertThat(lost).last().isEqualTo(""));
        applied(store.compareAndSet(version, next("write-2"), LIMIT));
        awaitLast(seen, found(store.read(LIMIT)).version());
    }

    @Test
    void aLeaseThatMayNotBeMadeIsRefused() throws Exception {
        ClusterStore store = open(new Kubeconfig(server.kubeconfig(server.endpoint(), KubernetesServer.NOBODY)));
        assertThat(store.compareAndSet(null, Records.first("write-0"), LIMIT))
                .isInstanceOfSatisfying(
                        WriteOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).contains("grant the verb \"create\""));
    }

    @Test
    void whoIsUnknownIsRefused() throws Exception {
        ClusterStore store = open(new Kubeconfig(server.kubeconfig(server.endpoint(), "no such token")));
        assertRefused(store, "401");
        assertThat(store.compareAndSet(null, Records.first("write-0"), LIMIT)).isInstanceOf(WriteOutcome.Refused.class);
    }

    /** As the kubeconfig of a cluster's administrator does it. */
    @Test
    void aKubeconfigMayLogInByCertificate() throws Exception {
        assertRefused(open(new Kubeconfig(server.kubeconfigOf("certified"))), "User \"certified\" cannot get");
    }

    @Test
    void aNamespaceThatIsNotThereIsRefused() throws Exception {
        ClusterStore store = Stores.open(
                Records.CLUSTER,
                new KubernetesSettings(
                        new Kubeconfig(server.kubeconfig(server.endpoint(), KubernetesServer.ADMIN)),
                        "nowhere",
                        name,
                        null));
        open.add(store);
        assertThat(store.compareAndSet(null, Records.first("write-0"), LIMIT))
                .isInstanceOfSatisfying(
                        WriteOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).contains("nowhere"));
    }

    /** As in a pod; the token that Kubernetes puts there later is used from then on. */
    @Test
    void aPodsServiceAccountIsUsedAndItsTokenReadAnew() throws Exception {
        String account = "agent-" + UUID.randomUUID();
        server.call(
                "POST",
                "/api/v1/namespaces/" + KubernetesServer.NAMESPACE + "/serviceaccounts",
                "{\"metadata\":{\"name\":\"" + account + "\"}}");
        grant("ServiceAccount", account, "get", "update", "watch");
        Files.copy(server.authorities(), directory.resolve("ca.crt"));
        Files.writeString(directory.resolve("namespace"), KubernetesServer.NAMESPACE + "\n");
        Path token = Files.writeString(directory.resolve("token"), token(account));
        ClusterStore store = open(pod());
        await().atMost(LIMIT).until(() -> store.read(LIMIT) instanceof ReadOutcome.Absent);
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));

        Files.writeString(token, "no such token");
        assertRefused(store, "401");
        assertThat(store.compareAndSet(version, next("write-1"), LIMIT)).isInstanceOf(WriteOutcome.Refused.class);
        Files.delete(token);
        assertThat(store.compareAndSet(version, next("write-1"), LIMIT))
                .isInstanceOfSatisfying(
                        WriteOutcome.Refused.class,
                        refused -> assertThat(refused.reason())
                                .startsWith("not sent: ")
                                .contains(token.toString()));
        Files.writeString(token, token(account) + "\n");
        applied(store.compareAndSet(version, next("write-1"), LIMIT));
    }

    @Test
    void whatCannotBeUsedIsNamedAtOnce() throws IOException {
        assertUnusable(new ServiceAccount(directory, Map.of()), "this is no pod");
        assertUnusable(pod(), directory.resolve("token") + " cannot be read");
        Files.writeString(directory.resolve("token"), "x");
        assertUnusable(pod(), directory.resolve("ca.crt").toString());
        assertUnusable(
                new Kubeconfig(Files.writeString(directory.resolve("empty"), "current-context: none\n")),
                "has no current context");
        Kubeconfig torn = new Kubeconfig(Files.writeString(directory.resolve("torn"), "users:\n  token: [s3cret\n"));
        assertThatThrownBy(() -> open(torn))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("cannot be used: it is not YAML, line 3")
                .hasNoCause();
        assertUnusable(new Kubeconfig(Files.writeString(directory.resolve("list"), "[]\n")), "cannot be used");
        assertUnusable(new Kubeconfig(directory.resolve("missing")), "missing");
    }

    private ServiceAccount pod() {
        return new ServiceAccount(
                directory,
                Map.of(
                        "KUBERNETES_SERVICE_HOST",
                        "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT",
                        Integer.toString(server.endpoint().getPort())));
    }

    private String token(String account) {
        return server.call(
                        "POST",
                        "/api/v1/namespaces/" + KubernetesServer.NAMESPACE + "/serviceaccounts/" + account + "/token",
                        "{\"spec\":{\"expirationSeconds\":3600}}")
                .getAsJsonObject("status")
                .get("token")
                .getAsString();
    }

    /** A Role of this Lease's name, as docs/stores.md has it, and the right to create one. */
    private void grant(String kind, String who, String... verbs) {
        server.call("POST", RBAC + "/roles", role(verbs));
        String subject = kind.equals("User")
                ? "{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\"" + who + "\"}"
                : "{\"kind\":\"ServiceAccount\",\"name\":\"" + who + "\",\"namespace\":\"" + KubernetesServer.NAMESPACE
                        + "\"}";
        server.call(
                "POST",
                RBAC + "/rolebindings",
                "{\"metadata\":{\"name\":\"" + name + "\"},\"subjects\":[" + subject
                        + "],\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\""
                        + name
                        + "\"}}");
        open.add(() -> server.call("DELETE", RBAC + "/rolebindings/" + name, null));
    }

    private void allow(String... verbs) {
        server.call("PUT", RBAC + "/roles/" + name, role(verbs));
    }

    private String role(String... verbs) {
        String leases = "\"apiGroups\":[\"coordination.k8s.io\"],\"resources\":[\"leases\"]";
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"rules\":[{" + leases + ",\"resourceNames\":[\"" + name
                + "\"],\"verbs\":[\"" + String.join("\",\"", verbs) + "\"]},{" + leases + ",\"verbs\":[\"create\"]}]}";
    }

    private ClusterStore open(KubernetesLogin access) throws IOException {
        ClusterStore store = Stores.open(Records.CLUSTER, new KubernetesSettings(access, null, name, null));
        open.add(store);
        return store;
    }

    private static void assertRefused(ClusterStore store, String words) {
        assertThat(store.read(LIMIT))
                .isInstanceOfSatisfying(
                        ReadOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).contains(words));
    }

    private void assertUnusable(KubernetesLogin access, String sentence) {
        assertThatThrownBy(() -> open(access)).isInstanceOf(IOException.class).hasMessageContaining(sentence);
    }

    private static ClusterRecord next(String write) {
        return Records.first("write-0").draft().as(new WriteId(write));
    }
}
