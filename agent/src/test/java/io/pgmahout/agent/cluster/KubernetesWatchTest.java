package io.pgmahout.agent.cluster;

import static io.pgmahout.agent.cluster.ClusterStoreContract.LIMIT;
import static io.pgmahout.agent.cluster.ClusterStoreContract.applied;
import static io.pgmahout.agent.cluster.ClusterStoreContract.awaitLast;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.kubernetes.KubernetesProxy;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A watch that breaks, and goes on where it was. */
class KubernetesWatchTest {

    /** The Lease is read when a watch was silent for five seconds; what is seen sooner was not seen by that. */
    private static final Duration BEFORE_THE_NEXT_READ = Duration.ofSeconds(3);

    private static final String WATCH = "watch=true";

    private final String name = "lease-" + UUID.randomUUID();
    private final List<Stored> seen = new CopyOnWriteArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private KubernetesServer server;
    private KubernetesProxy proxy;
    private ClusterStore writer;
    private Version version;

    @BeforeEach
    void start() throws Exception {
        server = KubernetesServer.shared();
        proxy = new KubernetesProxy(server);
        open.add(proxy);
        writer = store(server.endpoint());
        version = applied(writer.compareAndSet(null, Records.first("write-0"), LIMIT));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** The versions between are seen too, which reading the Lease does not show. */
    @Test
    void aStreamGoesOnAfterTheLastVersion() throws Exception {
        watch(proxy.endpoint());
        follow();
        proxy.fault("", new KubernetesProxy.Cut(false));
        List<Version> missed = write(3);
        proxy.heal();
        awaitLast(seen, version);
        assertThat(seen).extracting(Stored::version).containsAll(missed);
    }

    /** A server that was started since knows nothing of what was before: 410, read anew, and on from there. */
    @Test
    void versionsThatAreForgottenAreReadAnew() throws Exception {
        watch(proxy.endpoint());
        follow();
        proxy.fault("", new KubernetesProxy.Cut(false));
        write(3);
        server.kill();
        server.restart();
        proxy.heal();
        awaitLast(seen, version);
        follow();
    }

    @Test
    void whatIsGoneIsReadAnew() throws Exception {
        watch(proxy.endpoint());
        follow();
        cut();
        proxy.fault(
                WATCH,
                new KubernetesProxy.Answer(
                        false,
                        200,
                        "",
                        "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":"
                                + "\"Expired\",\"message\":\"too old resource version\",\"code\":410}}\n"));
        await().atMost(BEFORE_THE_NEXT_READ)
                .untilAsserted(() ->
                        assertThat(seen).last().extracting(Stored::version).isEqualTo(version));
        proxy.heal();
        follow();
    }

    /** The stream began well, and then nothing came through it any more. */
    @Test
    void aStreamThatFellSilentIsOpenedAnew() throws Exception {
        watch(proxy.endpoint());
        follow();
        long opened = proxy.requests(WATCH);
        proxy.fault(WATCH, new KubernetesProxy.Hang(false));
        write(1);
        awaitLast(seen, version);
        await().atMost(LIMIT).until(() -> proxy.requests(WATCH) > opened);
        proxy.heal();
        await().atMost(LIMIT).untilAsserted(this::follow);
    }

    @Test
    void aWatchThatIsNeverAnsweredIsReplacedByReading() throws Exception {
        proxy.fault(WATCH, new KubernetesProxy.Hang(false));
        watch(proxy.endpoint());
        awaitLast(seen, version);
        write(1);
        awaitLast(seen, version);
    }

    @Test
    void aBusyServerIsNotAskedForAWatchBeforeItsTime() throws Exception {
        watch(proxy.endpoint());
        follow();
        cut();
        proxy.fault(WATCH, new KubernetesProxy.Answer(false, 429, "2", "{}"));
        await().atMost(LIMIT).until(() -> !lost.isEmpty());
        long asked = proxy.requests(WATCH);
        await().during(Duration.ofMillis(1_500)).atMost(LIMIT).until(() -> proxy.requests(WATCH) <= asked + 1);
        proxy.heal();
        follow();
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
        await().atMost(Duration.ofSeconds(20)).until(() -> lost.size() == 2);
        assertThat(lost.getLast()).isEmpty();
        follow();
    }

    /** Renewals come by the watch, so nothing is read besides; a watch that hears nothing reads every five seconds. */
    @Test
    void aWatchThatWorksCostsNoReads() throws Exception {
        watch(proxy.endpoint());
        follow();
        long reads = proxy.requests("GET ") - proxy.requests(WATCH);
        long watches = proxy.requests(WATCH);
        for (int i = 0; i < 4; i++) {
            write(1);
            long before = System.nanoTime();
            await().atMost(LIMIT)
                    .until(() ->
                            System.nanoTime() - before > Duration.ofSeconds(2).toNanos());
        }
        assertThat(proxy.requests("GET ") - proxy.requests(WATCH)).isEqualTo(reads);
        assertThat(proxy.requests(WATCH)).isEqualTo(watches);
        await().atMost(LIMIT).until(() -> proxy.requests("GET ") - proxy.requests(WATCH) > reads);
    }

    private void watch(URI endpoint) throws IOException {
        store(endpoint).watch(seen::add, lost::add);
    }

    private ClusterStore store(URI endpoint) throws IOException {
        ClusterStore store = Stores.open(
                Records.CLUSTER,
                new KubernetesSettings(
                        new KubernetesLogin.Kubeconfig(server.kubeconfig(endpoint, KubernetesServer.ADMIN)),
                        null,
                        name,
                        null));
        open.add(store);
        return store;
    }

    /** The stream ends at the next event, and no other begins. */
    private void cut() {
        long opened = proxy.requests(WATCH);
        proxy.fault(WATCH, new KubernetesProxy.Cut(false));
        write(1);
        await().atMost(LIMIT).until(() -> proxy.requests(WATCH) > opened);
    }

    /** Waits until three versions written in a row are all seen: by a stream, that is. */
    private void follow() {
        await().atMost(Duration.ofSeconds(20))
                .ignoreException(ConditionTimeoutException.class)
                .untilAsserted(() -> {
                    List<Version> written = write(3);
                    await().atMost(Duration.ofSeconds(1))
                            .untilAsserted(() ->
                                    assertThat(seen).extracting(Stored::version).containsAll(written));
                });
    }

    private List<Version> write(int count) {
        List<Version> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            version = applied(writer.compareAndSet(
                    version, Records.first("write-0").draft().as(new WriteId("next-" + UUID.randomUUID())), LIMIT));
            written.add(version);
        }
        return written;
    }
}
