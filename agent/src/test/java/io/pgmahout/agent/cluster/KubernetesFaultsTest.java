package io.pgmahout.agent.cluster;

import static io.pgmahout.agent.cluster.ClusterStoreContract.LIMIT;
import static io.pgmahout.agent.cluster.ClusterStoreContract.applied;
import static io.pgmahout.agent.cluster.ClusterStoreContract.found;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.kubernetes.KubernetesProxy;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store makes of an API server, or a network, that breaks under it. */
class KubernetesFaultsTest {

    /** As the agent's own deadline. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** What a loaded machine may take to notice that a deadline has passed. */
    private static final Duration LATENESS = Duration.ofMillis(1_500);

    private static final String WRITE = "PUT ";
    private static final String ALL = "";

    private final String name = "lease-" + UUID.randomUUID();
    private final List<AutoCloseable> open = new ArrayList<>();
    private KubernetesServer server;
    private KubernetesProxy proxy;
    private ClusterStore store;
    private Version version;

    @BeforeEach
    void start() throws Exception {
        server = KubernetesServer.shared();
        proxy = new KubernetesProxy(server);
        open.add(proxy);
        store = store(proxy.endpoint());
        version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void aKilledServerHasNotSeenTheWrite() throws Exception {
        ClusterStore direct = store(server.endpoint());
        assertThat(found(direct.read(LIMIT)).version()).isEqualTo(version);
        server.kill();
        try {
            assertThat(direct.read(SHORT)).isInstanceOf(ReadOutcome.Unavailable.class);
            // The connection that was open may have taken the first one.
            direct.compareAndSet(version, next("write-1"), SHORT);
            assertNotSent(direct.compareAndSet(version, next("write-1"), SHORT));
        } finally {
            server.restart();
        }
        assertThat(found(direct.read(LIMIT))).isEqualTo(new Stored(version, Records.first("write-0")));
        applied(direct.compareAndSet(version, next("write-2"), LIMIT));
    }

    @Test
    void latencyIsBorne() {
        proxy.fault(ALL, new KubernetesProxy.Late(Duration.ofMillis(200)));
        assertThat(found(store.read(SHORT)).version()).isEqualTo(version);
        applied(store.compareAndSet(version, next("write-1"), SHORT));
    }

    @Test
    void aLateWriteIsUnknownAndMayBeAppliedLater() {
        proxy.fault(WRITE, new KubernetesProxy.Late(Duration.ofSeconds(1)));
        assertThat(store.compareAndSet(version, next("write-1"), SHORT)).isInstanceOf(WriteOutcome.Unknown.class);
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(found(store.read(LIMIT)).record().writeId()).isEqualTo(new WriteId("write-1")));
    }

    @Test
    void aRequestThatWasCutOffIsUnknownAndNotSentAgain() {
        proxy.fault(WRITE, new KubernetesProxy.Cut(false));
        assertThat(store.compareAndSet(version, next("write-1"), LIMIT)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(proxy.requests(WRITE)).isEqualTo(1);
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);
    }

    @Test
    void anAnswerThatWasCutOffIsFoundByReading() {
        proxy.fault(WRITE, new KubernetesProxy.Cut(true));
        Version newer = applied(store.compareAndSet(version, next("write-1"), LIMIT));
        assertThat(proxy.requests(WRITE)).isEqualTo(1);
        assertThat(found(store.read(LIMIT))).isEqualTo(new Stored(newer, next("write-1")));
        proxy.heal();
        applied(store.compareAndSet(newer, next("write-2"), LIMIT));
    }

    @Test
    void aCreationWhoseAnswerWasCutOffIsFoundByReading() throws Exception {
        String other = "lease-" + UUID.randomUUID();
        ClusterStore fresh = store(proxy.endpoint(), other);
        proxy.fault("POST ", new KubernetesProxy.Cut(true));
        Version made = applied(fresh.compareAndSet(null, Records.first("mine"), LIMIT));
        assertThat(found(fresh.read(LIMIT)).version()).isEqualTo(made);
    }

    @Test
    void aServerThatHangsHoldsNobodyPastTheDeadline() throws Exception {
        proxy.fault(ALL, new KubernetesProxy.Hang(false));
        assertThat(inTime(() -> store.read(SHORT))).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(inTime(() -> store.compareAndSet(version, next("write-1"), SHORT)))
                .isInstanceOf(WriteOutcome.Unknown.class);
        proxy.heal();
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);
    }

    @Test
    void aWriteThatHangsButWasAppliedIsFoundByReading() {
        proxy.fault(WRITE, new KubernetesProxy.Hang(true));
        applied(store.compareAndSet(version, next("write-1"), SHORT));
    }

    /** It was applied, and another write came upon it before the answer was missed: nobody can tell any more. */
    @Test
    void aLostWriteThatAnotherFollowedIsUnknown() throws Exception {
        ClusterStore direct = store(server.endpoint());
        proxy.fault(ALL, new KubernetesProxy.Hang(true));
        WriteOutcome[] outcome = new WriteOutcome[1];
        Thread writer = Thread.ofVirtual().start(() -> outcome[0] = store.compareAndSet(version, next("lost"), LIMIT));
        await().atMost(LIMIT)
                .until(() -> found(direct.read(LIMIT)).record().writeId().equals(new WriteId("lost")));
        applied(direct.compareAndSet(found(direct.read(LIMIT)).version(), next("next"), LIMIT));
        proxy.heal();
        writer.join();
        assertThat(outcome[0]).isInstanceOf(WriteOutcome.Unknown.class);
    }

    @Test
    void aConflictIsLookedAtAgain() throws Exception {
        ClusterStore direct = store(server.endpoint());
        Version newer = applied(direct.compareAndSet(version, next("theirs"), LIMIT));
        assertThat(store.compareAndSet(version, next("ours"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());

        // Something in between sent the write twice, and passed on the second answer.
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(newer);
        proxy.fault(WRITE, answer(true, 409, "", "Conflict"));
        applied(store.compareAndSet(newer, next("again"), LIMIT));
        proxy.fault(WRITE, answer(false, 409, "", "Conflict"));
        Version last = found(store.read(LIMIT)).version();
        assertThat(store.compareAndSet(last, next("never"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
    }

    @Test
    void aBusyServerIsLeftAloneAsLongAsItAsks() throws Exception {
        proxy.fault(ALL, answer(false, 429, "2", "TooManyRequests"));
        long begun = System.nanoTime();
        assertNotSent(store.compareAndSet(version, next("write-1"), SHORT));
        proxy.heal();
        long asked = proxy.requests(ALL);
        assertThat(store.read(SHORT)).isInstanceOf(ReadOutcome.Unavailable.class);
        assertNotSent(store.compareAndSet(version, next("write-1"), SHORT));
        assertThat(proxy.requests(ALL)).as("asked within the two seconds").isEqualTo(asked);
        applied(store.compareAndSet(version, next("write-1"), LIMIT));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(proxy.requests(WRITE)).isEqualTo(2);
    }

    @Test
    void errorsOfTheServerAreUnknownAndNothingIsSentTwice() {
        for (int status : List.of(500, 502, 503, 504)) {
            proxy.fault(WRITE, answer(false, status, "0", "InternalError"));
            long before = proxy.requests(WRITE);
            assertThat(store.compareAndSet(version, next("write-" + status), LIMIT))
                    .as("%s", status)
                    .isInstanceOf(WriteOutcome.Unknown.class);
            assertThat(proxy.requests(WRITE)).as("%s", status).isEqualTo(before + 1);
        }
        proxy.fault("GET ", answer(false, 503, "", "ServiceUnavailable"));
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Unavailable.class);
        proxy.heal();
        assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);

        proxy.fault(WRITE, answer(true, 504, "", "Timeout"));
        applied(store.compareAndSet(version, next("applied"), LIMIT));
    }

    /** No Lease is there when this server says so of this Lease; any other 404 says that something else is wrong. */
    @Test
    void whatIsNotTheApiIsNotAnAbsentLease() {
        proxy.fault("GET ", new KubernetesProxy.Answer(false, 404, "", "404 page not found"));
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Refused.class);
        proxy.fault("GET ", new KubernetesProxy.Answer(false, 200, "", "<html>Welcome</html>"));
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Unavailable.class);
        proxy.fault("GET ", new KubernetesProxy.Answer(false, 302, "", ""));
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Unavailable.class);
    }

    /** A newer server sends what no client knows yet; it goes back with the next write. */
    @Test
    void fieldsThatNoClientKnowsAreKept() throws Exception {
        proxy.fault(ALL, new KubernetesProxy.Changed(KubernetesFaultsTest::extended));
        ClusterStore fresh = store(proxy.endpoint());
        Stored stored = found(fresh.read(LIMIT));
        assertThat(stored.record()).isEqualTo(Records.first("write-0"));
        Version newer = applied(fresh.compareAndSet(stored.version(), next("write-1"), LIMIT));
        assertExtended(proxy.lastBody());
        applied(fresh.compareAndSet(newer, next("write-2"), LIMIT));
        assertExtended(proxy.lastBody());
        assertNothingEmpty(JsonFields.parse("body", proxy.lastBody()).object());
    }

    private static String extended(String object) {
        try {
            JsonObject lease = JsonFields.parse("lease", object).object();
            lease.addProperty("zone", "new");
            lease.getAsJsonObject("metadata").addProperty("zone", "new");
            lease.getAsJsonObject("spec").addProperty("zone", "new");
            return lease.toString();
        } catch (UnreadableException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertNothingEmpty(JsonElement element) {
        if (element instanceof JsonObject object) {
            assertThat(object.entrySet()).isNotEmpty();
            object.entrySet().forEach(field -> assertNothingEmpty(field.getValue()));
        } else if (element instanceof JsonArray array) {
            assertThat(array).isNotEmpty();
            array.forEach(KubernetesFaultsTest::assertNothingEmpty);
        }
    }

    private static void assertExtended(String body) throws UnreadableException {
        JsonFields lease = JsonFields.parse("lease", body);
        for (JsonFields part : List.of(lease, lease.fields("metadata"), lease.fields("spec"))) {
            assertThat(part.text("zone")).isEqualTo("new");
        }
    }

    private static KubernetesProxy.Answer answer(boolean applied, int status, String retryAfter, String reason) {
        return new KubernetesProxy.Answer(
                applied,
                status,
                retryAfter,
                "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"" + reason + "\",\"message\":\"a test says "
                        + reason + "\",\"code\":" + status + "}");
    }

    private static void assertNotSent(WriteOutcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        WriteOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith("not sent"));
    }

    private static <T> T inTime(Callable<T> call) throws Exception {
        long begun = System.nanoTime();
        T result = call.call();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SHORT.plus(LATENESS));
        return result;
    }

    private ClusterStore store(URI endpoint) throws IOException {
        return store(endpoint, name);
    }

    private ClusterStore store(URI endpoint, String lease) throws IOException {
        ClusterStore opened = Stores.open(
                Records.CLUSTER,
                new KubernetesSettings(
                        new KubernetesLogin.Kubeconfig(server.kubeconfig(endpoint, KubernetesServer.ADMIN)),
                        null,
                        lease,
                        null));
        open.add(opened);
        return opened;
    }

    private static ClusterRecord next(String write) {
        return Records.first("write-0").draft().as(new WriteId(write));
    }
}
