package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Sees every version of the cluster's pods, Services, EndpointSlices and Leases, in their order: a watch from a revision on,
 * of the etcd below the API server. So it misses none while that is away, and needs no promise of its caches.
 */
final class Witness implements AutoCloseable {

    private static final URI ETCD = URI.create("http://127.0.0.1:2379/v3/");
    private static final String ROOT = "/registry/";
    private static final String END = "/registry0";

    /** What lies below these is of interest, and has a namespace and a name after them. */
    private static final Map<String, String> KINDS = Map.of(
            "/registry/pods/", "pod",
            "/registry/services/specs/", "service",
            "/registry/endpointslices/", "endpointslice",
            "/registry/leases/", "lease");

    private static final Set<String> NOT_OURS = Set.of("kube-system", "kube-node-lease", "kube-public");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Version> versions = new ArrayList<>();
    private final Stream<String> stream;
    private volatile long begun = System.nanoTime();
    private volatile boolean closed;
    private volatile String trouble = "";

    Witness() {
        JsonObject present = ask("kv/range", "{\"key\":\"%s\",\"range_end\":\"%s\"}");
        long revision = present.getAsJsonObject("header").get("revision").getAsLong();
        if (present.has("kvs")) {
            present.getAsJsonArray("kvs").forEach(each -> see(each.getAsJsonObject(), false));
        }
        stream = open(revision + 1);
        Thread.ofPlatform().daemon().name("witness").start(this::listen);
    }

    private JsonObject ask(String path, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(ETCD.resolve(path))
                    .POST(HttpRequest.BodyPublishers.ofString(body.formatted(encoded(ROOT), encoded(END))))
                    .build();
            return JsonParser.parseString(http.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .getAsJsonObject();
        } catch (IOException e) {
            throw new ClusterException("etcd", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    private Stream<String> open(long revision) {
        try {
            String body = "{\"create_request\":{\"key\":\"%s\",\"range_end\":\"%s\",\"start_revision\":\"%d\"}}"
                    .formatted(encoded(ROOT), encoded(END), revision);
            HttpRequest request = HttpRequest.newBuilder(ETCD.resolve("watch"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofLines()).body();
        } catch (IOException e) {
            throw new ClusterException("etcd", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    private static String encoded(String key) {
        return Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private void listen() {
        try {
            stream.forEach(line -> {
                JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
                JsonObject result = answer.getAsJsonObject("result");
                if (result == null || result.has("canceled")) {
                    throw new ClusterException("the watch ended: " + answer);
                }
                if (result.has("events")) {
                    for (JsonElement each : result.getAsJsonArray("events")) {
                        JsonObject event = each.getAsJsonObject();
                        see(event.getAsJsonObject("kv"), event.has("type"));
                    }
                }
            });
            trouble = "the watch ended";
        } catch (RuntimeException e) {
            trouble = "the watch ended: " + e;
        }
    }

    private void see(JsonObject kv, boolean deleted) {
        String key = decoded(kv.get("key").getAsString());
        for (Map.Entry<String, String> kind : KINDS.entrySet()) {
            if (!key.startsWith(kind.getKey())) {
                continue;
            }
            String[] names = key.substring(kind.getKey().length()).split("/", 2);
            if (names.length == 2 && !NOT_OURS.contains(names[0])) {
                Version version = new Version(
                        kind.getValue(),
                        names[0],
                        names[1],
                        kv.get("mod_revision").getAsLong(),
                        System.nanoTime(),
                        Instant.now(),
                        deleted
                                ? null
                                : slim(JsonParser.parseString(
                                                decoded(kv.get("value").getAsString()))
                                        .getAsJsonObject()));
                synchronized (versions) {
                    versions.add(version);
                }
            }
        }
    }

    private static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private static JsonObject slim(JsonObject object) {
        object.getAsJsonObject("metadata").remove("managedFields");
        JsonObject spec = object.getAsJsonObject("spec");
        if (spec != null && spec.has("containers")) {
            JsonObject node = new JsonObject();
            if (spec.has("nodeName")) {
                node.add("nodeName", spec.get("nodeName"));
            }
            object.add("spec", node);
        }
        return object;
    }

    /** All that was seen so far. */
    List<Version> seen() {
        if (!trouble.isEmpty() && !closed) {
            throw new ClusterException(trouble);
        }
        synchronized (versions) {
            return List.copyOf(versions);
        }
    }

    /** Forgets all but the last version of each object: what comes next is judged by itself. */
    void begin() {
        begun = System.nanoTime();
        Map<String, Version> last = new LinkedHashMap<>();
        synchronized (versions) {
            for (Version version : versions) {
                last.remove(version.key());
                if (version.object() != null) {
                    last.put(version.key(), version);
                }
            }
            versions.clear();
            versions.addAll(last.values());
        }
    }

    /** The first version since {@code nanos} that is so. */
    Optional<Version> first(long nanos, Predicate<Version> so) {
        return seen().stream()
                .filter(version -> version.nanos() >= nanos)
                .filter(so)
                .findFirst();
    }

    /** The same, once it is there. */
    Version await(String what, long nanos, Duration limit, Predicate<Version> so) {
        Waiting.until(what, limit, () -> first(nanos, so).isPresent());
        return first(nanos, so).orElseThrow();
    }

    /** Whether a pod of that name was ready in each of its versions since then, and in the one before. */
    boolean wasReady(Release release, String pod, long nanos) {
        boolean before = false;
        boolean all = true;
        for (Version version : seen()) {
            if (version.is("pod", release.namespace(), pod)) {
                before = version.nanos() < nanos ? version.ready() : before;
                all &= version.nanos() < nanos || version.ready();
            }
        }
        return before && all;
    }

    /** How many pods of a release were ready at each moment, at least. */
    int readyAtLeast(Release release) {
        Map<String, Boolean> ready = new HashMap<>();
        int least = Integer.MAX_VALUE;
        for (Version version : seen()) {
            boolean known = version.namespace().equals(release.namespace()) && ready.containsKey(version.name());
            if (!version.kind().equals("pod") || !known && !version.isOf(release)) {
                continue;
            }
            ready.put(version.name(), version.ready());
            int now = (int) ready.values().stream().filter(yes -> yes).count();
            least = version.nanos() < begun ? least : Math.min(least, now);
        }
        return least;
    }

    /** Every moment at which two pods of one cluster had the role of its primary. */
    List<String> twoPrimaries() {
        List<String> found = new ArrayList<>();
        Map<String, String> primaries = new TreeMap<>();
        for (Version version : seen()) {
            if (!version.kind().equals("pod")) {
                continue;
            }
            String pod = version.namespace() + "/" + version.name();
            String cluster = version.primaryOf();
            if (cluster == null) {
                primaries.remove(pod);
            } else if (!cluster.equals(primaries.put(pod, cluster))) {
                List<String> all = primaries.keySet().stream()
                        .filter(other -> cluster.equals(primaries.get(other)))
                        .toList();
                if (all.size() > 1) {
                    found.add("at revision " + version.revision() + ", " + version.at() + ": " + all);
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        closed = true;
        http.shutdownNow();
    }
}
