package io.pgmahout.agent.cluster;

import static io.pgmahout.agent.cluster.ClusterStoreContract.LIMIT;
import static io.pgmahout.agent.cluster.ClusterStoreContract.applied;
import static io.pgmahout.agent.cluster.ClusterStoreContract.found;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.OwnPort;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store makes of an etcd, or a network, that breaks under it. */
class EtcdFaultsTest {

    private static final Duration SHORT = Duration.ofMillis(500);
    private static final String TXN = "/v3/kv/txn";

    @TempDir
    private Path directory;

    private EtcdServer server;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = EtcdServer.start(directory);
    }

    @AfterEach
    void closeAll() throws Exception {
        try {
            for (AutoCloseable each : open.reversed()) {
                each.close();
            }
        } finally {
            server.close();
        }
    }

    @Test
    void aKilledServerHasNotSeenTheWrite() throws Exception {
        ClusterStore store = store(server.endpoint());
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        server.kill();
        assertThat(store.read(SHORT)).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(store.compareAndSet(version, next("write-1"), SHORT))
                .isInstanceOfSatisfying(
                        WriteOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith("not sent"));
        server.restart();
        assertThat(found(store.read(LIMIT))).isEqualTo(new Stored(version, Records.first("write-0")));
        applied(store.compareAndSet(version, next("write-2"), LIMIT));
    }

    @Test
    void aFrozenServersWriteIsUnknownAndMayBeAppliedLater() throws Exception {
        ClusterStore store = store(server.endpoint());
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        server.freeze();
        long begun = System.nanoTime();
        WriteOutcome outcome = store.compareAndSet(version, next("write-1"), SHORT);
        ReadOutcome read = store.read(SHORT);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        server.thaw();
        assertThat(outcome).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(read).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(took).isLessThan(SHORT.multipliedBy(2).plusSeconds(2));
        assertThat(found(store.read(LIMIT)).record().writeId().value()).isIn("write-0", "write-1");
    }

    @Test
    void aLostAnswerIsUnknownAndTheWriteIsNotSentAgain() throws Exception {
        TcpProxy proxy = proxy(TXN);
        ClusterStore store = store(proxy.endpoint(), server.endpoint());
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        proxy.fault(TcpProxy.Fault.CUT_AFTER);
        assertThat(store.compareAndSet(version, next("write-1"), LIMIT)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(proxy.requests()).isEqualTo(2);
        Stored stored = found(store.read(LIMIT));
        assertThat(stored.record().writeId()).isEqualTo(new WriteId("write-1"));
        assertThat(stored.version().value()).isEqualTo(version.value() + 1);
    }

    @Test
    void aLostRequestIsUnknownAndTheWriteIsNotSentAgain() throws Exception {
        TcpProxy proxy = proxy(TXN);
        ClusterStore store = store(proxy.endpoint(), server.endpoint());
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        proxy.fault(TcpProxy.Fault.CUT_BEFORE);
        assertThat(store.compareAndSet(version, next("write-1"), LIMIT)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(proxy.requests()).isEqualTo(2);
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);
    }

    @Test
    void aWriteFindsTheOnlyLivingEndpoint() throws Exception {
        ClusterStore store = store(dead(), dead(), server.endpoint());
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);
    }

    @Test
    void aReadDoesNotWaitForSilentEndpoints() throws Exception {
        ClusterStore store = store(silent(), silent(), server.endpoint());
        Duration limit = Duration.ofSeconds(3);
        assertThat(store.read(limit)).isEqualTo(new ReadOutcome.Absent());
        applied(store.compareAndSet(null, Records.first("write-0"), limit));
    }

    @Test
    void aWriteToASilentEndpointGoesToNoOther() throws Exception {
        TcpProxy proxy = proxy(TXN);
        ClusterStore store = store(silent(), proxy.endpoint());
        assertThat(store.compareAndSet(null, Records.first("write-0"), SHORT)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(proxy.requests()).isZero();
        applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
    }

    @Test
    void loginsAreMadeAndRenewed() throws Exception {
        ClusterStore before = store(new EtcdSettings.Login("root", "secret"));
        assertThat(before.read(LIMIT)).as("logins are off").isEqualTo(new ReadOutcome.Absent());
        server.call("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"secret\"}");
        server.call("/v3/auth/user/add", "{\"name\":\"guest\",\"password\":\"secret\"}");
        server.call("/v3/auth/role/add", "{\"name\":\"root\"}");
        server.call("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
        server.call("/v3/auth/enable", "{}");

        Version version = applied(before.compareAndSet(null, Records.first("write-0"), LIMIT));
        assertThat(found(before.read(LIMIT)).version()).isEqualTo(version);
        for (EtcdSettings.Login other :
                List.of(new EtcdSettings.Login("root", "wrong"), new EtcdSettings.Login("guest", "secret"))) {
            ClusterStore store = store(other);
            assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Refused.class);
            assertThat(store.compareAndSet(null, Records.full(), LIMIT)).isInstanceOf(WriteOutcome.Refused.class);
        }
        assertThat(store(server.endpoint()).read(LIMIT)).isInstanceOf(ReadOutcome.Refused.class);

        // Tokens do not outlive the server.
        server.kill();
        server.restart();
        version = applied(before.compareAndSet(version, next("write-1"), LIMIT));
        server.kill();
        server.restart();
        assertThat(found(before.read(LIMIT)).version()).isEqualTo(version);
    }

    private TcpProxy proxy(String path) throws IOException {
        TcpProxy proxy = new TcpProxy(server.port(), path);
        open.add(proxy);
        return proxy;
    }

    private ClusterStore store(URI... endpoints) throws IOException {
        return open(new EtcdSettings(List.of(endpoints), "/test", null, null));
    }

    private ClusterStore store(EtcdSettings.Login login) throws IOException {
        return open(new EtcdSettings(List.of(server.endpoint()), "/test", login, null));
    }

    private ClusterStore open(EtcdSettings settings) throws IOException {
        ClusterStore store = Stores.open(Records.CLUSTER, settings);
        open.add(store);
        return store;
    }

    private static URI dead() throws IOException {
        return URI.create("http://127.0.0.1:" + OwnPort.next());
    }

    /** The kernel accepts, nobody answers. */
    private URI silent() throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(socket);
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    private static ClusterRecord next(String write) {
        return Records.first("write-0").draft().as(new WriteId(write));
    }
}
