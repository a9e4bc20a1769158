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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cluster that the chart made, with nothing set but where its images come from. */
final class Release {

    static final String NAME = "pg";

    /** One of those that {@code tests/kubernetes/images} makes. */
    private static final String POSTGRES = System.getProperty("pgmahout.postgres", "15");

    private static final String USER = POSTGRES.startsWith("operand") ? "26" : "999";

    private static final List<String> IMAGES = List.of(
            "--set=postgres.image.repository=localhost/postgres,postgres.image.tag=" + POSTGRES,
            "--set=postgres.uid=%1$s,postgres.gid=%1$s".formatted(USER),
            "--set=agent.image.repository=localhost/pgmahout,agent.image.tag=tests");

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SELECTOR = "pgmahout.io/cluster=" + NAME;

    private static @Nullable Release installed;

    private final int replicas;
    private final String token;
    private final String password;
    private final HttpClient http;

    Release(int replicas) {
        this.replicas = replicas;
        token = secret(NAME + "-members", "admin-token");
        password = secret(NAME + "-app", "password");
        try {
            Path authority = Files.createTempFile("pgmahout-", ".crt");
            Files.writeString(authority, secret(NAME + "-authority", "tls.crt"));
            http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .sslContext(PemContext.trusting(authority))
                    .build();
            Files.delete(authority);
        } catch (IOException | GeneralSecurityException e) {
            throw new ClusterException("the authority of " + NAME, e);
        }
    }

    /** The one that all scenarios share: the first that asks for it installs it. */
    static synchronized Release installed() {
        Release release = installed;
        if (release == null) {
            Cluster.kubectl(
                    "label", "namespace", "default", "--overwrite", "pod-security.kubernetes.io/enforce=restricted");
            helm("install");
            release = new Release(3);
            installed = release;
        }
        release.awaitHealthy(LIMIT);
        return release;
    }

    static void helm(String verb, String... values) {
        List<String> command = new ArrayList<>(List.of(verb, NAME, Chart.DIRECTORY.toString()));
        command.addAll(IMAGES);
        command.addAll(List.of(values));
        Cluster.helm(command.toArray(String[]::new));
    }

    static String secret(String name, String key) {
        String encoded =
                Cluster.get("secret", name).getAsJsonObject("data").get(key).getAsString();
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    static List<Pod> pods() {
        return Cluster.list("pods", SELECTOR).stream().map(Pod::of).toList();
    }

    /** The pod of the member that the Lease names. */
    static Pod primary() {
        String holder = Cluster.get("lease", NAME)
                .getAsJsonObject("spec")
                .get("holderIdentity")
                .getAsString();
        return Pod.of(Cluster.get("pod", holder));
    }

    /** What the agent of a pod says of the cluster; empty where it does not answer. */
    Optional<JsonObject> status(Pod pod) {
        if (pod.address().isEmpty()) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + pod.address() + ":8008/status"))
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200
                    ? Optional.of(JsonParser.parseString(response.body()).getAsJsonObject())
                    : Optional.empty();
        } catch (IOException noAnswer) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    /** Waits until every pod is ready and every agent finds the cluster healthy; the pods as they are then. */
    List<Pod> awaitHealthy(Duration limit) {
        Waiting.until(
                "health of " + NAME,
                limit,
                () -> isHealthy(pods()),
                () -> Cluster.kubectl("get", "pods", "--output=wide", "--selector=" + SELECTOR)
                        + pods().stream().map(this::status).toList());
        return pods();
    }

    private boolean isHealthy(List<Pod> pods) {
        return pods.size() == replicas
                && pods.stream().allMatch(Pod::ready)
                && pods.stream()
                        .allMatch(pod -> status(pod).filter(Release::isHealthy).isPresent());
    }

    private static boolean isHealthy(JsonObject status) {
        return status.get("healthy").getAsBoolean();
    }

    Connection connect(Pod pod) throws SQLException {
        return DriverManager.getConnection(url(pod));
    }

    private String url(Pod pod) {
        return url(pod.address());
    }

    private String url(String address) {
        return "jdbc:postgresql://%s:5432/app?user=app&password=%s&sslmode=require".formatted(address, password);
    }

    /** A client that writes to whichever of the present pods is the primary. */
    WritingClient write() throws SQLException {
        try (Connection connection = connect(primary());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS writes (value bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())");
            statement.execute("TRUNCATE writes");
        }
        WritingClient client = WritingClient.start(pods().stream()
                .map(pod -> new WritingClient.Target(pod.name(), url(pod)))
                .toList());
        client.awaitWrites(50, LIMIT);
        return client;
    }

    /** A client that writes to a Service, whoever is behind it; the table is there. */
    WritingClient writeThrough(String service) {
        String address = Cluster.get("service", service)
                .getAsJsonObject("spec")
                .get("clusterIP")
                .getAsString();
        WritingClient client = WritingClient.start(List.of(new WritingClient.Target("rw", url(address))));
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
        Set<Long> there = new HashSet<>();
        try (Connection connection = connect(primary);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT value FROM writes")) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        assertThat(client.acknowledged().stream()
                        .filter(one -> one.nanos() < since || one.member().equals(primary.name()))
                        .filter(one -> !there.contains(one.value()))
                        .toList())
                .as("acknowledged rows that are gone")
                .isEmpty();
        return pods;
    }

    /** How a member is told of in the status that the primary's agent gives. */
    JsonObject member(String name) {
        JsonObject status = status(primary()).orElseThrow();
        for (JsonElement each : status.getAsJsonArray("members")) {
            if (each.getAsJsonObject().get("member").getAsString().equals(name)) {
                return each.getAsJsonObject();
            }
        }
        throw new ClusterException("no member " + name + " in " + status);
    }
}
