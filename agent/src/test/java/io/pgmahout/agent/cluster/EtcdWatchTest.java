package io.pgmahout.agent.cluster;

import static io.pgmahout.agent.cluster.ClusterStoreContract.LIMIT;
import static io.pgmahout.agent.cluster.ClusterStoreContract.applied;
import static io.pgmahout.agent.cluster.ClusterStoreContract.awaitLast;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch that breaks, and goes on where it was. */
class EtcdWatchTest {

    /** The key is read every five seconds besides; what is seen sooner was not seen by that. */
    private static final Duration BEFORE_THE_NEXT_READ = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    private EtcdServer server;
    private TcpProxy proxy;
    private ClusterStore writer;
    private Version version = new Version(0);
    private final List<Stored> seen = new CopyOnWriteArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<ClusterStore> open = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = EtcdServer.start(directory);
        proxy = new TcpProxy(server.port(), "/v3/watch");
        writer = store(server.endpoint());
        version = applied(writer.compareAndSet(null, Records.first("write-0"), LIMIT));
    }

    @AfterEach
    void stop() throws IOException {
        open.forEach(ClusterStore::close);
        proxy.close();
        server.close();
    }

    /** The versions between are seen too, which reading the key does not show. */
    @Test
    void aStreamGoesOnAfterTheLastRevision() throws Exception {
        watch(proxy.endpoint());
        follow();
        proxy.fault(TcpProxy.Fault.DOWN);
        List<Version> missed = write(3);
        proxy.fault(TcpProxy.Fault.NONE);
        awaitLast(seen, version);
        assertThat(seen).extracting(Stored::version).containsAll(missed);
    }

    @Test
    void aCompactedRevisionIsReadAnew() throws Exception {
        watch(proxy.endpoint());
        follow();
        proxy.fault(TcpProxy.Fault.DOWN);
        write(3);
        server.call("/v3/kv/compaction", "{\"revision\":\"" + version.value() + "\"}");
        proxy.fault(TcpProxy.Fault.NONE);
        await().atMost(BEFORE_THE_NEXT_READ)
                .untilAsserted(() ->
                        assertThat(seen).last().extracting(Stored::version).isEqualTo(version));
        List<Version> later = write(3);
        awaitLast(seen, version);
        assertThat(seen)
                .as("followed, not only read")
                .extracting(Stored::version)
                .containsAll(later);
    }

    @Test
    void aSilentStreamIsNotTrusted() throws Exception {
        proxy.fault(TcpProxy.Fault.MUTE);
        watch(proxy.endpoint());
        awaitLast(seen, version);
        write(1);
        awaitLast(seen, version);
    }

    /** The stream began well, and then nothing came through it any more. */
    @Test
    void aStreamThatFellSilentIsOpenedAnew() throws Exception {
        watch(proxy.endpoint());
        follow();
        int opened = proxy.requests();
        proxy.fault(TcpProxy.Fault.MUTE);
        write(1);
        awaitLast(seen, version);
        await().atMost(LIMIT).until(() -> proxy.requests() > opened);
        proxy.fault(TcpProxy.Fault.NONE);
        await().atMost(LIMIT).untilAsserted(this::follow);
    }

    @Test
    void aLossIsToldOnceAndItsEndOnce() throws Exception {
        watch(server.endpoint());
        follow();
        assertThat(lost).isEmpty();
        server.kill();
        await().atMost(LIMIT).until(() -> lost.size() == 1);
        assertThat(lost.getFirst()).isNotEmpty();
        server.restart();
        await().atMost(Duration.ofSeconds(15)).until(() -> lost.size() == 2);
        assertThat(lost.getLast()).isEmpty();
        follow();
    }

    @Test
    void anotherEndpointIsFollowedWhenOneIsGone() throws Exception {
        watch(proxy.endpoint(), server.endpoint());
        follow();
        proxy.fault(TcpProxy.Fault.DOWN);
        List<Version> later = write(3);
        awaitLast(seen, version);
        assertThat(seen).extracting(Stored::version).containsAll(later);
        assertThat(lost).isEmpty();
    }

    private void watch(URI... endpoints) throws IOException {
        store(endpoints).watch(seen::add, lost::add);
    }

    private ClusterStore store(URI... endpoints) throws IOException {
        ClusterStore store = Stores.open(Records.CLUSTER, new EtcdSettings(List.of(endpoints), "/test", null, null));
        open.add(store);
        return store;
    }

    /** Waits until three versions written in a row are all seen: by a stream, that is. */
    private void follow() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<Version> written = write(3);
            await().atMost(Duration.ofSeconds(1))
                    .untilAsserted(
                            () -> assertThat(seen).extracting(Stored::version).containsAll(written));
        });
    }

    private List<Version> write(int count) {
        List<Version> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            version = applied(writer.compareAndSet(
                    version, Records.first("write-0").draft().as(new WriteId("next-" + i)), LIMIT));
            written.add(version);
        }
        return written;
    }
}
