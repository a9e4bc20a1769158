package io.pgmahout.tests.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A real etcd of one member in the store's node of a {@link Network}, for a cluster with TLS. */
public final class EtcdNode implements Leftover {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SERVES = "serving client traffic";

    private final Path directory = ServerUser.newDirectory("pgmahout-etcd-");
    private final Path log = directory.resolve("etcd.log");
    private final Authority authority;
    private final List<String> prefix;
    private final String endpoint;
    private final List<String> command;
    private Process process;
    private boolean closed;

    /** Starts it and waits until it serves. */
    public static EtcdNode start(Network network, LocalCluster cluster) {
        return new EtcdNode(network, cluster);
    }

    private EtcdNode(Network network, LocalCluster cluster) {
        authority = cluster.authority().orElseThrow();
        prefix = network.storePrefix();
        endpoint = endpoint(network);
        authority.issue(Network.STORE, network.storeHost(), "127.0.0.1");
        List<String> etcd = new ArrayList<>(List.of("etcd", "--name=one", "--logger=zap", "--log-outputs=stderr"));
        etcd.add("--data-dir=" + directory.resolve("data"));
        etcd.add("--listen-client-urls=" + endpoint(network));
        etcd.add("--advertise-client-urls=" + endpoint(network));
        etcd.add("--cert-file=" + authority.certificateFile(Network.STORE));
        etcd.add("--key-file=" + authority.keyFile(Network.STORE));
        etcd.add("--trusted-ca-file=" + authority.authorityFile());
        etcd.add("--client-cert-auth");
        // Its only peer is itself.
        etcd.add("--listen-peer-urls=http://127.0.0.1:2380");
        etcd.add("--initial-advertise-peer-urls=http://127.0.0.1:2380");
        etcd.add("--initial-cluster=one=http://127.0.0.1:2380");
        command = ServerUser.detached("KILL", network.storePrefix(), etcd);
        Leftovers.opened(this);
        process = launch();
    }

    /** What the configuration of a cluster says of it. */
    public static Map<String, String> settings(Network network) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("store.type", "etcd");
        keys.put("store.etcd.endpoints", "[" + endpoint(network) + "]");
        return keys;
    }

    private static String endpoint(Network network) {
        return "https://" + network.storeHost() + ":2379";
    }

    private Process launch() {
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process started = Spawner.start(command, log);
        Waiting.until("etcd serves", LIMIT, () -> !started.isAlive() || text().contains(SERVES), this::text);
        if (!started.isAlive()) {
            throw new ClusterException("etcd ended: " + text());
        }
        return started;
    }

    /** The value of a key, empty where there is none. */
    public String get(String key) {
        JsonArray found = ask("range", "{\"key\":\"" + base64(key) + "\"}").getAsJsonArray("kvs");
        return found == null
                ? ""
                : new String(
                        Base64.getDecoder()
                                .decode(found.get(0)
                                        .getAsJsonObject()
                                        .get("value")
                                        .getAsString()),
                        StandardCharsets.UTF_8);
    }

    public void put(String key, String value) {
        ask("put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    public void remove(String key) {
        ask("deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    private JsonObject ask(String what, String body) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of("curl", "--silent", "--show-error", "--fail", "--max-time", "10"));
        words.addAll(List.of("--cacert", authority.authorityFile().toString()));
        words.addAll(List.of("--cert", authority.certificateFile(Network.STORE).toString()));
        words.addAll(List.of("--key", authority.keyFile(Network.STORE).toString()));
        words.addAll(List.of("--data", body, endpoint + "/v3/kv/" + what));
        return JsonParser.parseString(ServerUser.run(words)).getAsJsonObject();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** SIGKILL; its data stays. */
    public void kill() {
        Processes.signal("KILL", List.of(process.pid()));
        Waiting.until("the end of etcd", LIMIT, () -> !process.isAlive());
    }

    /** Starts it again and waits until it serves. */
    public void restart() {
        process = launch();
    }

    public void signal(String signal) {
        Processes.signal(signal, List.of(process.pid()));
    }

    private String text() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        kill();
        ServerUser.deleteTree(directory);
        Leftovers.closed(this);
    }
}
