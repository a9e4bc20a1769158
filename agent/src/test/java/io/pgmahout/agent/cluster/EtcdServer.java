package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.pgmahout.agent.OwnPort;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.EtcdReply.Done;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member on loopback, with its data in a directory of the test. */
public final class EtcdServer implements AutoCloseable {

    private static final Path DEBIANS = Path.of("/usr/bin/etcd");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path binary;
    private final Path directory;
    private final List<String> options;
    private final String scheme;
    private final int port;
    private final int peerPort;
    private Process process;

    private EtcdServer(Path binary, Path directory, String scheme, List<String> options) throws IOException {
        if (!Files.isExecutable(binary)) {
            throw new AssertionError(
                    binary + " is missing: these tests need the package etcd-server (apt-get install etcd-server)");
        }
        this.binary = binary;
        this.directory = directory;
        this.scheme = scheme;
        this.options = options;
        this.port = OwnPort.next();
        this.peerPort = OwnPort.next();
        this.process = launch();
    }

    public static EtcdServer start(Path directory) throws IOException {
        return start(directory, "http", List.of());
    }

    public static EtcdServer start(Path directory, String scheme, List<String> options) throws IOException {
        return start(DEBIANS, directory, scheme, options);
    }

    public static EtcdServer start(Path binary, Path directory, String scheme, List<String> options)
            throws IOException {
        EtcdServer server = new EtcdServer(binary, directory, scheme, options);
        assertThat(server.serves()).as("etcd serves; its log: %s", server.log()).isTrue();
        return server;
    }

    public URI endpoint() {
        return URI.create(scheme + "://127.0.0.1:" + port);
    }

    public int port() {
        return port;
    }

    /** SIGKILL; the data stays. */
    public void kill() {
        process.destroyForcibly();
        await().atMost(START_LIMIT).until(() -> !process.isAlive());
    }

    public void restart() throws IOException {
        process = launch();
        assertThat(serves()).as("etcd serves again; its log: %s", log()).isTrue();
    }

    /** SIGSTOP: the kernel still accepts connections, nobody answers. */
    void freeze() throws IOException {
        signal("STOP");
    }

    void thaw() throws IOException {
        signal("CONT");
    }

    /** Asks through the gateway, without a store. */
    JsonFields call(String path, String body) throws UnreadableException {
        try (EtcdHttp http = new EtcdHttp(null)) {
            JsonObject json = JsonFields.parse("body", body).object();
            EtcdReply reply = Deadline.after(START_LIMIT)
                    .await(http.post(endpoint(), path, json, null).reply());
            assertThat(reply).isInstanceOf(Done.class);
            return ((Done) Objects.requireNonNull(reply)).body();
        }
    }

    void put(String key, String value) throws UnreadableException {
        call("/v3/kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    void remove(String key) throws UnreadableException {
        call("/v3/kv/deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    String get(String key) throws UnreadableException {
        JsonFields pair = call("/v3/kv/range", "{\"key\":\"" + base64(key) + "\"}")
                .list("kvs")
                .getFirst();
        return new String(Base64.getDecoder().decode(pair.text("value")), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        kill();
    }

    private Process launch() throws IOException {
        String peer = "http://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--name=one",
                "--data-dir=" + directory.resolve("etcd-data-" + peerPort),
                "--listen-client-urls=" + endpoint(),
                "--advertise-client-urls=" + endpoint(),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=one=" + peer,
                "--logger=zap",
                "--log-outputs=stderr"));
        command.addAll(options);
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(logFile().toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        return started;
    }

    private boolean serves() {
        await().atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive() || log().contains("serving client traffic"));
        return process.isAlive();
    }

    private Path logFile() {
        return directory.resolve("etcd.log");
    }

    private String log() throws IOException {
        return Files.readString(logFile());
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

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
