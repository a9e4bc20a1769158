package io.pgmahout.tests.cluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.protocol.PemContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real API server of Kubernetes on loopback, with an etcd below it, for members that are processes of this machine. It
 * writes down what its members ask.
 */
public final class ApiServer implements Leftover {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String NAMESPACE = "databases";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + NAMESPACE;

    private final Path directory = ServerUser.newDirectory("pgmahout-kubernetes-");
    private final Path programs = programs();
    private final int port = Ports.free();
    private final String etcd = "http://127.0.0.1:" + Ports.free();
    private final HttpClient http;
    private final List<Process> processes = new ArrayList<>();
    private boolean closed;

    /** Starts it and waits until it serves. */
    public static ApiServer start() {
        try {
            return new ApiServer();
        } catch (IOException | GeneralSecurityException e) {
            throw new ClusterException("no API server: " + e, e);
        }
    }

    private ApiServer() throws IOException, GeneralSecurityException {
        Leftovers.opened(this);
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        Files.writeString(
                file("accounts.key"), pem(keys.generateKeyPair().getPrivate().getEncoded()));
        Files.writeString(file("tokens.csv"), "admin,admin,0,system:masters\nn1,n1,1\nn2,n2,2\nn3,n3,3\n");
        Files.writeString(file("audit.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived, ResponseStarted]
                rules: [{level: Metadata, users: [n1, n2, n3]}, {level: None}]
                """);
        launchEtcd();
        launchServer();
        // It makes its certificate itself, in the first moments of its life.
        Waiting.until("the API server's certificate", LIMIT, () -> Files.exists(authority()), this::log);
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .sslContext(PemContext.of(authority(), null, null))
                .build();
        Waiting.until("the API server", LIMIT, () -> ask("GET", "/readyz", "") == 200, this::log);
        ask("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}");
    }

    /** Lets members n1 to n3 have what docs/stores.md says that they need for this cluster. */
    public void allow(String cluster) {
        ask("POST", RBAC + "/roles", role(cluster, "get", "update", "watch"));
        StringBuilder subjects = new StringBuilder();
        for (String user : List.of("n1", "n2", "n3")) {
            subjects.append(subjects.isEmpty() ? "" : ",")
                    .append("{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\"%s\"}"
                            .formatted(user));
        }
        ask(
                "POST",
                RBAC + "/rolebindings",
                "{\"metadata\":{\"name\":\"%s\"},\"subjects\":[%s],\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"%s\"}}"
                        .formatted(cluster, subjects, cluster));
    }

    /** From now on they may do no more with the Lease than this. */
    public void restrict(String cluster, String... verbs) {
        ask("PUT", RBAC + "/roles/" + cluster, role(cluster, verbs));
    }

    private static String role(String cluster, String... verbs) {
        return """
                {"metadata": {"name": "%1$s"}, "rules": [
                  {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "resourceNames": ["%1$s"],
                   "verbs": ["%2$s"]},
                  {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create"]},
                  {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch", "patch", "get"]},
                  {"apiGroups": [""], "resources": ["services"], "resourceNames": ["%1$s-rw"],
                   "verbs": ["get", "watch", "patch"]},
                  {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]}]}
                """.formatted(cluster, String.join("\", \"", verbs));
    }

    /** Sets what {@code member}'s configuration says of it. */
    public void configure(LocalMember member) {
        Path file = kubeconfig(member.name());
        ServerUser.own(file);
        member.settings().put("store.kubernetes.kubeconfig", file.toString());
    }

    /** The kubeconfig of a user, {@code admin} or a member, in the namespace of all tests. */
    public Path kubeconfig(String user) {
        String kubeconfig = """
                apiVersion: v1
                kind: Config
                clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}}]
                users: [{name: me, user: {token: %s}}]
                contexts: [{name: all, context: {cluster: here, user: me, namespace: %s}}]
                current-context: all
                """.formatted(port, authority(), user, NAMESPACE);
        try {
            return Files.writeString(file(user + ".kubeconfig"), kubeconfig);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A pod for each member, which nothing runs, and the Service of the primary, without a selector. */
    public void makePods(String cluster, List<LocalMember> members) {
        // Made by a controller where there is one; no pod can be made without.
        ask("POST", core() + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
        for (LocalMember member : members) {
            made(core() + "/pods", """
                    {"metadata": {"name": "%s", "labels": {"pgmahout.io/cluster": "%s"}},
                     "spec": {"containers": [{"name": "postgres", "image": "none"}]}}
                    """.formatted(member.name(), cluster));
        }
        made(core() + "/services", """
                {"metadata": {"name": "%s-rw"}, "spec": {"ports": [{"port": 5432}]}}
                """.formatted(cluster));
    }

    private void made(String path, String object) {
        HttpResponse<String> answer = send("POST", path, object);
        if (answer.statusCode() != 201) {
            throw new ClusterException("not made: " + answer.body());
        }
    }

    public JsonObject pod(String name) {
        return JsonParser.parseString(send("GET", core() + "/pods/" + name, "").body())
                .getAsJsonObject();
    }

    public JsonObject service(String name) {
        return JsonParser.parseString(
                        send("GET", core() + "/services/" + name, "").body())
                .getAsJsonObject();
    }

    /** Each change of a cluster's pods as a line of JSON, until the stream is closed. */
    public Stream<String> watchPods(String cluster) {
        HttpRequest request = request("/api/v1/namespaces/" + NAMESPACE
                        + "/pods?watch=true&labelSelector=pgmahout.io%2Fcluster%3D" + cluster)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofLines()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    /** The Lease as it is now. */
    public JsonObject lease(String name) {
        return JsonParser.parseString(send("GET", leases() + "/" + name, "").body())
                .getAsJsonObject();
    }

    public void removeLease(String name) {
        ask("DELETE", leases() + "/" + name, "");
    }

    /** {@code member verb} of every request of a member that has ended so far, oldest first. */
    public List<String> requests() {
        try {
            return Files.readAllLines(file("audit.log")).stream()
                    .map(line -> JsonParser.parseString(line).getAsJsonObject())
                    .map(event -> event.getAsJsonObject("user").get("username").getAsString() + " "
                            + event.get("verb").getAsString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To the API server alone. */
    public void signal(String signal) {
        Processes.signal(signal, List.of(processes.getLast().pid()));
    }

    private static String core() {
        return "/api/v1/namespaces/" + NAMESPACE;
    }

    private static String leases() {
        return "/apis/coordination.k8s.io/v1/namespaces/" + NAMESPACE + "/leases";
    }

    private int ask(String method, String path, String body) {
        try {
            return send(method, path, body).statusCode();
        } catch (UncheckedIOException notYet) {
            return 0;
        }
    }

    private HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .timeout(LIMIT)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer admin");
    }

    private void launchEtcd() {
        String peer = "http://127.0.0.1:" + Ports.free();
        launch(
                "etcd",
                "--name=one",
                "--unsafe-no-fsync",
                "--data-dir=" + file("etcd"),
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=one=" + peer);
    }

    private void launchServer() {
        launch(
                "kube-apiserver",
                "--etcd-servers=" + etcd,
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                // Nobody reaches it by the address of the service "kubernetes", which may not be loopback's.
                "--advertise-address=192.0.2.1",
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=192.0.2.0/24",
                "--cert-dir=" + directory,
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + file("accounts.key"),
                "--service-account-signing-key-file=" + file("accounts.key"),
                "--token-auth-file=" + file("tokens.csv"),
                "--authorization-mode=RBAC",
                "--audit-policy-file=" + file("audit.yaml"),
                "--audit-log-path=" + file("audit.log"),
                "--audit-log-mode=blocking");
    }

    private void launch(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        processes.add(Spawner.start(command, file(program + ".log")));
    }

    /** Where tests/kubernetes/build has put what it compiled. */
    public static Path programs() {
        String given = System.getenv("KUBERNETES_FOR_TESTS");
        return Path.of(
                given != null
                        ? given
                        : ServerUser.run(List.of(
                                        Installation.home()
                                                .resolve("tests/kubernetes/build")
                                                .toString(),
                                        "api"))
                                .strip());
    }

    private Path authority() {
        return file("apiserver.crt");
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private String log() {
        try {
            return Files.readString(file("kube-apiserver.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String pem(byte[] key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key) + "\n-----END PRIVATE KEY-----\n";
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Processes.signal("KILL", processes.stream().map(Process::pid).toList());
        Waiting.until(
                "the end of the API server", LIMIT, () -> processes.stream().noneMatch(Process::isAlive));
        ServerUser.deleteTree(directory);
        Leftovers.closed(this);
    }
}
