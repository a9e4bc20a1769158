package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.protocol.PemContext;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cluster that the chart made, with its images, and nothing else set but what a scenario says. */
final class Release {

    static final String DEFAULT_NAMESPACE = "default";

    /** One of those that {@code tests/kubernetes/images} makes. */
    static final String POSTGRES = System.getProperty("pgmahout.postgres", "15");

    private static final String USER = POSTGRES.startsWith("operand") ? "26" : "999";

    private static final List<String> IMAGES = List.of(
            "--set=postgres.image.repository=localhost/postgres,postgres.image.tag=" + POSTGRES,
            "--set=postgres.uid=%1$s,postgres.gid=%1$s".formatted(USER),
            "--set=agent.image.repository=localhost/pgmahout,agent.image.tag=tests");

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<Release> ALL = new CopyOnWriteArrayList<>();

    private final String namespace;
    private final String name;
    private int replicas;
    private final List<String> kept = new ArrayList<>(IMAGES);
    private @Nullable Access access;

    /** What its Secrets let in with. */
    private record Access(String token, String password, HttpClient http) {}

    Release(String namespace, String name, int replicas) {
        this.namespace = namespace;
        this.name = name;
        this.replicas = replicas;
        ALL.add(this);
    }

    /** All that were made and not deleted by this run. */
    static List<Release> all() {
        return List.copyOf(ALL);
    }

    String namespace() {
        return namespace;
    }

    String name() {
        return name;
    }

    /** How many members there should be from now on. */
    void expects(int members) {
        replicas = members;
    }

    /** Options of every call of Helm from now on. */
    void keeps(String... options) {
        kept.addAll(List.of(options));
    }

    /** {@code helm} with this release and the chart; options, of Helm's or values. */
    String helm(String verb, String... options) {
        List<String> command =
                new ArrayList<>(List.of(verb, name, Chart.DIRECTORY.toString(), "--namespace=" + namespace));
        command.addAll(kept);
        command.addAll(List.of(options));
        return Cluster.helm(command.toArray(String[]::new));
    }

    /** Deletes all of it, its data too. */
    void delete() {
        Cluster.helm("uninstall", name, "--namespace=" + namespace, "--wait");
        kubectl("delete", "persistentvolumeclaims,secrets", "--selector=" + selector());
        ALL.remove(this);
        Cluster.run("volumes");
    }

    String kubectl(String verb, String... arguments) {
        List<String> command = new ArrayList<>(List.of(verb, "--namespace=" + namespace));
        command.addAll(List.of(arguments));
        return Cluster.kubectl(command.toArray(String[]::new));
    }

    JsonObject get(String kind, String object) {
        return JsonParser.parseString(kubectl("get", kind, object, "--output=json"))
                .getAsJsonObject();
    }

    List<JsonObject> list(String kind, String selector) {
        return JsonParser.parseString(kubectl("get", kind, "--selector=" + selector, "--output=json"))
                .getAsJsonObject()
                .getAsJsonArray("items")
                .asList()
                .stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private String selector() {
        return "pgmahout.io/cluster=" + name;
    }

    /** The output of a command in a container. */
    String inContainer(String pod, String container, String... command) {
        List<String> arguments = new ArrayList<>(List.of(pod, "--container=" + container, "--"));
        arguments.addAll(List.of(command));
        return kubectl("exec", arguments.toArray(String[]::new));
    }

    String secret(String object, String key) {
        String encoded = get("secret", object).getAsJsonObject("data").get(key).getAsString();
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    private Access access() {
        Access known = access;
        if (known == null) {
            try {
                Path authority = Files.createTempFile("pgmahout-", ".crt");
                Files.writeString(authority, secret(name + "-authority", "tls.crt"));
                HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(1))
                        .sslContext(PemContext.trusting(authority))
                        .build();
                Files.delete(authority);
                known = new Access(secret(name + "-members", "admin-token"), secret(name + "-app", "password"), http);
                access = known;
            } catch (IOException | GeneralSecurityException e) {
                throw new ClusterException("the authority of " + name, e);
            }
        }
        return known;
    }

    List<Pod> pods() {
        return list("pods", selector()).stream().map(Pod::of).toList();
    }

    Pod pod(String object) {
        return Pod.of(get("pod", object));
    }

    Lease lease() {
        return Lease.of(get("lease", name));
    }

    /** The pod of the member that the Lease names. */
    Pod primary() {
        return pod(lease().holder());
    }

    /** What a container of a pod has logged; with an option {@code --previous}, the one before it. */
    String log(Pod pod, String container, String... options) {
        List<String> arguments = new ArrayList<>(List.of(pod.name(), "--container=" + container));
        Stream.of(options).filter(option -> !option.isEmpty()).forEach(arguments::add);
        return kubectl("logs", arguments.toArray(String[]::new));
    }

    /** What an agent has logged since then as events. */
    List<LoggedEvent> events(Pod pod, Instant since) {
        return log(pod, "agent", "--since-time=" + since.truncatedTo(ChronoUnit.SECONDS))
                .lines()
                .map(LoggedEvent::parse)
                .flatMap(Optional::stream)
                .filter(event -> !event.at().isBefore(since))
                .toList();
    }

    /** The last of that code; waits for it, since a log takes a moment. */
    LoggedEvent event(Pod pod, String code, Instant since) {
        Waiting.until(
                code + " of " + pod.name(),
                LIMIT,
                () -> events(pod, since).stream().anyMatch(event -> event.is(code)),
                () -> events(pod, since).toString());
        return events(pod, since).stream()
                .filter(event -> event.is(code))
                .toList()
                .getLast();
    }

    /** What the agent of a pod says of the cluster; empty where it does not answer. */
    Optional<JsonObject> status(Pod pod) {
        return ask(pod, "GET", "/status", "");
    }

    /** What the admin port of a pod answers; empty where it does not, or refuses. */
    Optional<JsonObject> ask(Pod pod, String method, String path, String body) {
        if (pod.address().isEmpty()) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + pod.address() + ":8008" + path))
                .header("Authorization", "Bearer " + access().token())
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            HttpResponse<String> response = access().http().send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() < 300
                    ? Optional.of(JsonParser.parseString(response.body()).getAsJsonObject())
                    : Optional.empty();
        } catch (IOException noAnswer) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    /** Begins a switchover to the best of the others. */
    void switchover() {
        act("/switchover", "{}");
    }

    private void act(String path, String body) {
        assertThat(ask(primary(), "POST", path, body))
                .as("whether it was accepted")
                .isPresent();
    }

    /** Makes a member the primary. */
    void switchover(String member) {
        act("/switchover", "{\"to\":\"" + member + "\"}");
        Waiting.until("the lead of " + member, LIMIT, () -> lease().holder().equals(member));
        awaitHealthy(LIMIT);
    }

    /** Waits until every pod is ready and every agent finds the cluster healthy; the pods as they are then. */
    List<Pod> awaitHealthy(Duration limit) {
        Waiting.until(
                "health of " + name,
                limit,
                () -> isHealthy(pods()),
                () -> kubectl("get", "pods", "--output=wide", "--selector=" + selector())
                        + pods().stream().map(this::status).toList());
        return pods();
    }

    private boolean isHealthy(List<Pod> pods) {
        return pods.size() == replicas
                && pods.stream().allMatch(Pod::ready)
                && pods.stream()
                        .allMatch(pod -> status(pod).filter(this::isHealthy).isPresent());
    }

    private boolean isHealthy(JsonObject status) {
        return status.get("healthy").getAsBoolean()
                && status.getAsJsonArray("members").size() == replicas;
    }

    Connection connect(Pod pod) throws SQLException {
        return DriverManager.getConnection(url(pod.address()));
    }

    String url(String address) {
        return "jdbc:postgresql://%s:5432/app?user=app&password=%s&sslmode=require"
                .formatted(address, access().password());
    }

    /** Where a Service of the release is reached: {@code rw}, say. */
    String address(String service) {
        return get("service", name + "-" + service)
                .getAsJsonObject("spec")
                .get("clusterIP")
                .getAsString();
    }

    /**
     * Waits until a new Service leads to the members: who lost the API server, controllers and proxies, looks for it up to
     * half a minute apart, and Services lead nowhere new before.
     */
    void awaitServices() {
        String probe = name + "-probe";
        kubectl("create", "service", "clusterip", probe, "--tcp=5432:5432");
        try {
            kubectl("set", "selector", "service/" + probe, "pgmahout.io/cluster=" + name);
            String address = address("probe");
            Waiting.until("a new Service leads to the members", Limits.BOOT, () -> accepts(address));
        } finally {
            kubectl("delete", "service", probe);
        }
    }

    private static boolean accepts(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, 5432), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The pods that are ready behind a Service. */
    List<String> behind(String service) {
        List<String> pods = new ArrayList<>();
        for (JsonObject slice : list("endpointslices", "kubernetes.io/service-name=" + name + "-" + service)) {
            if (!slice.has("endpoints") || slice.get("endpoints").isJsonNull()) {
                continue;
            }
            for (JsonElement each : slice.getAsJsonArray("endpoints")) {
                JsonObject endpoint = each.getAsJsonObject();
                if (endpoint.getAsJsonObject("conditions").get("ready").getAsBoolean()) {
                    pods.add(endpoint.getAsJsonObject("targetRef").get("name").getAsString());
                }
            }
        }
        return pods;
    }

    String password() {
        return access().password();
    }

    /** The table that clients write to, empty. */
    void table() throws SQLException {
        try (Connection connection = connect(primary());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS writes (value bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())");
            statement.execute("TRUNCATE writes");
        }
    }

    /** A client that writes to whichever of the present pods is the primary. */
    WritingClient write() throws SQLException {
        table();
        WritingClient client = WritingClient.start(pods().stream()
                .map(pod -> new WritingClient.Target(pod.name(), url(pod.address())))
                .toList());
        client.awaitWrites(50, LIMIT);
        return client;
    }

    /** A client that writes to a Service, whoever is behind it. */
    WritingClient writeThrough(String service) throws SQLException {
        table();
        WritingClient client = WritingClient.start(List.of(new WritingClient.Target(service, url(address(service)))));
        client.awaitWrites(50, LIMIT);
        return client;
    }

    /** One writable server, which has every row that was acknowledged before {@code since}; the others stream from it. */
    List<Pod> holds(WritingClient client, long since) throws SQLException {
        List<Pod> pods = awaitHealthy(LIMIT);
        client.close();
        Pod primary = primary();
        for (Pod pod : pods) {
            try (Connection connection = connect(pod);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
                row.next();
                assertThat(row.getBoolean(1)).as(pod.name() + " is a standby").isEqualTo(!pod.equals(primary));
            }
        }
        Set<Long> there = rows();
        assertThat(client.acknowledged().stream()
                        .filter(one -> one.nanos() < since || one.member().equals(primary.name()))
                        .filter(one -> !there.contains(one.value()))
                        .toList())
                .as("acknowledged rows that are gone")
                .isEmpty();
        return pods;
    }

    /** As {@link #holds}, of every row. */
    void holdsAll(WritingClient client) throws SQLException {
        awaitHealthy(LIMIT);
        client.close();
        Set<Long> there = rows();
        assertThat(client.acknowledged().stream()
                        .filter(one -> !there.contains(one.value()))
                        .toList())
                .as("acknowledged rows that are gone")
                .isEmpty();
    }

    /** What the primary has of what clients wrote. */
    Set<Long> rows() throws SQLException {
        Set<Long> there = new HashSet<>();
        try (Connection connection = connect(primary());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT value FROM writes")) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        return there;
    }

    /** The physical replication slots of a pod's server, by name. */
    Set<String> slots(Pod pod) {
        return Set.of(inContainer(
                        pod.name(),
                        "postgres",
                        "env",
                        "LC_ALL=C",
                        "psql",
                        "--username=postgres",
                        "--no-align",
                        "--tuples-only",
                        "--command=SELECT slot_name FROM pg_replication_slots WHERE NOT temporary")
                .strip()
                .split("\n"));
    }

    /** How often kubelet has started a container again. */
    int restarts(Pod pod, String container) {
        return container(pod, container).get("restartCount").getAsInt();
    }

    /** Why the container before this one ended; empty where there was none. */
    String lastEnd(Pod pod, String container) {
        JsonObject last = container(pod, container).getAsJsonObject("lastState");
        return last.has("terminated")
                ? last.getAsJsonObject("terminated").get("reason").getAsString()
                : "";
    }

    private JsonObject container(Pod pod, String container) {
        JsonObject status = get("pod", pod.name()).getAsJsonObject("status");
        for (String kind : new String[] {"containerStatuses", "initContainerStatuses"}) {
            for (JsonElement each : status.getAsJsonArray(kind)) {
                if (each.getAsJsonObject().get("name").getAsString().equals(container)) {
                    return each.getAsJsonObject();
                }
            }
        }
        throw new ClusterException("no container " + container + " in " + status);
    }

    /** How a member is told of in the status that the primary's agent gives. */
    JsonObject member(String member) {
        JsonObject status = status(primary()).orElseThrow();
        for (JsonElement each : status.getAsJsonArray("members")) {
            if (each.getAsJsonObject().get("member").getAsString().equals(member)) {
                return each.getAsJsonObject();
            }
        }
        throw new ClusterException("no member " + member + " in " + status);
    }

    /** Waits for a pod that is ready in the place of one that was. */
    Pod awaitOther(Pod old, Duration limit) {
        Waiting.until(
                "another pod in the place of " + old,
                limit,
                () -> pods().stream()
                        .anyMatch(pod ->
                                pod.name().equals(old.name()) && !pod.uid().equals(old.uid()) && pod.ready()));
        return pod(old.name());
    }
}
