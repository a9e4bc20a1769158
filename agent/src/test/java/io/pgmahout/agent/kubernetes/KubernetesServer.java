package io.pgmahout.agent.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.pgmahout.agent.OwnPort;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.EtcdServer;
import io.pgmahout.agent.cluster.EtcdSettings;
import io.pgmahout.agent.cluster.PemMaker;
import io.pgmahout.protocol.PemContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A real API server on loopback, over TLS, with an etcd below it, the same for all tests of this process: it takes
 * seconds to start. Each test has a Lease of its own.
 */
public final class KubernetesServer {

    public static final String NAMESPACE = "test";

    /** A user with every right, and one whose rights are what a test gives it. */
    public static final String ADMIN = "admin-token";

    public static final String AGENT = "agent-token";

    /** A user without any. */
    public static final String NOBODY = "nobody-token";

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static @Nullable KubernetesServer shared;

    private final Path directory;
    private final EtcdServer etcd;
    private final PemMaker authority;
    private final EtcdSettings.TlsFiles tls;
    private final HttpClient http;
    private final int port;
    private Process process;

    public static synchronized KubernetesServer shared() throws Exception {
        KubernetesServer server = shared;
        if (server == null) {
            server = new KubernetesServer(
                    Files.createTempDirectory(Path.of("target").toAbsolutePath(), "kubernetes"));
            shared = server;
        }
        return server;
    }

    private KubernetesServer(Path directory) throws Exception {
        Path programs = programs();
        this.directory = directory;
        authority = new PemMaker(directory, "authority");
        tls = authority.issue("server", "RSA");
        etcd = EtcdServer.start(programs.resolve("etcd"), directory, "http", List.of("--unsafe-no-fsync"));
        port = OwnPort.next();
        Files.writeString(
                directory.resolve("tokens.csv"),
                ADMIN + ",admin,1,system:masters\n" + AGENT + ",agent,2\n" + NOBODY + ",nobody,3\n");
        SSLContext trusting = PemContext.of(tls.authorities(), null, null);
        http = HttpClient.newBuilder()
                .sslContext(trusting)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            process.destroyForcibly();
            etcd.close();
        }));
        awaitReady();
        call("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}");
    }

    /** Where tests/kubernetes/build has put what it compiled. */
    private static Path programs() throws IOException {
        String given = System.getenv("KUBERNETES_FOR_TESTS");
        Path directory = given != null ? Path.of(given) : cache();
        if (!Files.isExecutable(directory.resolve("kube-apiserver"))) {
            throw new AssertionError(directory + " holds no kube-apiserver: run tests/kubernetes/build, once");
        }
        return directory;
    }

    private static Path cache() throws IOException {
        String home = System.getenv("XDG_CACHE_HOME");
        Path caches = home != null ? Path.of(home) : Path.of(System.getProperty("user.home"), ".cache");
        String line = Files.readAllLines(Path.of("../tests/kubernetes/go.mod")).stream()
                .map(String::strip)
                .filter(text -> text.startsWith("k8s.io/kubernetes v"))
                .findFirst()
                .orElseThrow();
        return caches.resolve("pgmahout/kubernetes-" + line.split(" ", 3)[1].substring(1));
    }

    public URI endpoint() {
        return URI.create("https://127.0.0.1:" + port);
    }

    /** Whom a client has to trust. */
    public Path authorities() {
        return Objects.requireNonNull(tls.authorities());
    }

    public HttpClient http() {
        return http;
    }

    /** A kubeconfig for {@code token}, at {@code server}, which may be a proxy. */
    public Path kubeconfig(URI server, String token) throws IOException {
        return kubeconfig(server.toString(), "token: \"" + token + "\"");
    }

    /** A kubeconfig for the holder of a certificate that is made here, a user of that name. */
    public Path kubeconfigOf(String user) throws Exception {
        EtcdSettings.TlsFiles files = authority.issue(user, "RSA");
        return kubeconfig(
                endpoint().toString(),
                "client-certificate: \"" + files.certificate() + "\", client-key: \"" + files.key() + "\"");
    }

    private Path kubeconfig(String server, String login) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "client", ".kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: here, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: me, user: {%s}}]
                contexts: [{name: all, context: {cluster: here, user: me, namespace: %s}}]
                current-context: all
                """.formatted(
                        server, authorities(), login, NAMESPACE));
    }

    /** Asks as admin; what the server answers must be good. */
    public JsonObject call(String method, String path, @Nullable String body) {
        HttpResponse<String> answer = ask(method, path, body);
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isBetween(200, 299);
        try {
            return JsonFields.parse("answer", answer.body()).object();
        } catch (UnreadableException e) {
            throw new AssertionError(e);
        }
    }

    public HttpResponse<String> ask(String method, String path, @Nullable String body) {
        HttpRequest request = HttpRequest.newBuilder(endpoint().resolve(path))
                .header("Authorization", "Bearer " + ADMIN)
                .header("Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
                .timeout(START_LIMIT)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public static String leases() {
        return "/apis/coordination.k8s.io/v1/namespaces/" + NAMESPACE + "/leases";
    }

    public static String lease(String name) {
        return leases() + "/" + name;
    }

    /** SIGSTOP: the kernel still accepts connections, nobody answers. */
    public void freeze() throws IOException {
        signal("STOP");
        Path threads = Path.of("/proc/" + process.pid() + "/task");
        await().atMost(START_LIMIT).until(() -> allStopped(threads));
    }

    /** A thread that works on another processor takes its time to stop. */
    private static boolean allStopped(Path threads) throws IOException {
        try (Stream<Path> all = Files.list(threads)) {
            for (Path thread : all.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
        }
        return true;
    }

    public void thaw() throws IOException {
        signal("CONT");
    }

    /** SIGKILL; what etcd has stays. */
    public void kill() {
        process.destroyForcibly();
        await().atMost(START_LIMIT).until(() -> !process.isAlive());
    }

    public void restart() throws IOException {
        process = launch();
        awaitReady();
    }

    private Process launch() throws IOException {
        String key = String.valueOf(tls.key());
        return new ProcessBuilder(
                        programs().resolve("kube-apiserver").toString(),
                        "--etcd-servers=" + etcd.endpoint(),
                        "--bind-address=127.0.0.1",
                        "--secure-port=" + port,
                        // Nobody reaches it by the address of the service "kubernetes", which may not be loopback's.
                        "--advertise-address=192.0.2.1",
                        "--endpoint-reconciler-type=none",
                        "--service-cluster-ip-range=192.0.2.0/24",
                        "--cert-dir=" + directory,
                        "--tls-cert-file=" + tls.certificate(),
                        "--tls-private-key-file=" + key,
                        "--service-account-issuer=https://kubernetes.default.svc",
                        "--service-account-key-file=" + key,
                        "--service-account-signing-key-file=" + key,
                        "--client-ca-file=" + authorities(),
                        "--token-auth-file=" + directory.resolve("tokens.csv"),
                        "--authorization-mode=RBAC",
                        "--profiling=false")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private void awaitReady() {
        await().atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(failure -> failure instanceof UncheckedIOException && process.isAlive())
                .untilAsserted(() -> {
                    assertThat(process.isAlive())
                            .as("the API server runs; its log: %s", log())
                            .isTrue();
                    assertThat(ask("GET", "/readyz", null).statusCode()).isEqualTo(200);
                });
    }

    private Path log() {
        return directory.resolve("kube-apiserver.log");
    }

    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        try {
            assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(kill.exitValue()).isZero();
    }
}
