package io.pgmahout.agent.routing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What a watch on a cluster's pods shows, in order: which of them had the role primary, after each change. */
final class PodHistory implements AutoCloseable {

    private final List<List<String>> primaries = new CopyOnWriteArrayList<>();
    private final Map<String, String> roles = new ConcurrentHashMap<>();
    private final Stream<String> lines;
    private final Thread reader;

    PodHistory(RoutedCluster cluster) throws IOException, InterruptedException {
        HttpRequest watch = HttpRequest.newBuilder(cluster.server
                        .endpoint()
                        .resolve("/api/v1/namespaces/" + KubernetesServer.NAMESPACE
                                + "/pods?watch=true&labelSelector=pgmahout.io%2Fcluster%3D" + cluster.name))
                .header("Authorization", "Bearer " + KubernetesServer.ADMIN)
                .build();
        lines = cluster.server
                .http()
                .send(watch, HttpResponse.BodyHandlers.ofLines())
                .body();
        reader = Thread.ofVirtual().start(this::read);
    }

    /** The names of those with the role, after each change. */
    List<List<String>> primaries() {
        return primaries;
    }

    private void read() {
        try {
            lines.forEach(this::changed);
        } catch (UncheckedIOException closed) {
            primaries.add(List.of());
        }
    }

    private void changed(String line) {
        JsonObject metadata = JsonParser.parseString(line)
                .getAsJsonObject()
                .getAsJsonObject("object")
                .getAsJsonObject("metadata");
        JsonElement role = metadata.getAsJsonObject("labels").get("pgmahout.io/role");
        roles.put(metadata.get("name").getAsString(), role == null ? "" : role.getAsString());
        primaries.add(roles.entrySet().stream()
                .filter(entry -> entry.getValue().equals("primary"))
                .map(Map.Entry::getKey)
                .sorted()
                .toList());
    }

    @Override
    public void close() {
        lines.close();
        reader.interrupt();
    }
}
