package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract on a real API server, a Lease for each test, and what is the Lease's own. */
class KubernetesStoreTest extends ClusterStoreContract {

    private final String name = "lease-" + UUID.randomUUID();
    private KubernetesServer server;

    @BeforeEach
    void start() throws Exception {
        server = KubernetesServer.shared();
    }

    @Override
    ClusterStore connect(String cluster) throws IOException {
        return connect(cluster, null);
    }

    private ClusterStore connect(String cluster, @Nullable String volumeClaim) throws IOException {
        return Stores.open(
                cluster,
                new KubernetesSettings(
                        new KubernetesLogin.Kubeconfig(server.kubeconfig(server.endpoint(), KubernetesServer.ADMIN)),
                        null,
                        name,
                        volumeClaim));
    }

    /** The record's fields where a Lease has them; those that we do not know as annotations of their name. */
    @Override
    void plant(String text) throws UnreadableException {
        JsonObject record = JsonFields.parse("record", text).object();
        JsonObject spec = new JsonObject();
        JsonObject annotations = new JsonObject();
        if (record.has("term")) {
            spec.add("leaseTransitions", record.remove("term"));
        }
        if (record.has("leaseDurationMs")) {
            spec.addProperty(
                    "leaseDurationSeconds", record.remove("leaseDurationMs").getAsLong() / 1000);
        }
        if (record.has("holder")) {
            spec.add("holderIdentity", record.getAsJsonObject("holder").remove("member"));
        }
        for (Map.Entry<String, JsonElement> field : record.entrySet()) {
            annotations.addProperty("pgmahout.io/" + annotation(field.getKey()), text(field.getValue()));
        }
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", name);
        metadata.add("annotations", annotations);
        JsonObject lease = new JsonObject();
        lease.addProperty("apiVersion", "coordination.k8s.io/v1");
        lease.addProperty("kind", "Lease");
        lease.add("metadata", metadata);
        lease.add("spec", spec);
        remove();
        server.call("POST", KubernetesServer.leases(), lease.toString());
    }

    @Override
    String raw() throws UnreadableException {
        JsonObject lease = lease();
        JsonObject record = LeaseFields.record(new JsonFields("lease", lease));
        lease.getAsJsonObject("metadata")
                .getAsJsonObject("annotations")
                .entrySet()
                .forEach(annotation -> {
                    if (annotation.getKey().equals("pgmahout.io/sync")) {
                        record.add("sync", annotation.getValue());
                    }
                });
        return record.toString();
    }

    @Override
    AutoCloseable stall() throws IOException {
        server.freeze();
        return server::thaw;
    }

    @Test
    void theLeaseIsReadable() throws Exception {
        ClusterStore store = store();
        Version version = applied(store.compareAndSet(null, Records.full(), LIMIT));
        JsonObject spec = lease().getAsJsonObject("spec");
        assertThat(spec.get("holderIdentity").getAsString()).isEqualTo("a");
        assertThat(spec.get("leaseDurationSeconds").getAsInt()).isEqualTo(15);
        assertThat(spec.get("leaseTransitions").getAsInt()).isEqualTo(7);
        String acquired = spec.get("acquireTime").getAsString();
        assertThat(spec.get("renewTime").getAsString()).isEqualTo(acquired).matches("2.*T.*\\.[0-9]{6}Z");
        assertThat(annotations())
                .containsEntry("pgmahout.io/cluster", "zoo")
                .containsEntry("pgmahout.io/takeover", "QUORUM")
                .containsEntry("pgmahout.io/paused", "true")
                .containsEntry("pgmahout.io/renewal", "42")
                .containsEntry("pgmahout.io/write-id", "write-1")
                .containsEntry(
                        "pgmahout.io/holder", "{\"state\":\"held\",\"incarnation\":\"gate-a\",\"data\":\"data-a\"}");

        version = applied(store.compareAndSet(version, next("write-2"), LIMIT));
        spec = lease().getAsJsonObject("spec");
        assertThat(spec.get("acquireTime").getAsString()).isEqualTo(acquired);
        assertThat(spec.get("renewTime").getAsString()).isGreaterThan(acquired);

        applied(store.compareAndSet(
                version,
                Records.full(Records.held())
                        .draft()
                        .term(Records.full().term().next())
                        .as(new WriteId("3")),
                LIMIT));
        assertThat(lease().getAsJsonObject("spec").get("acquireTime").getAsString())
                .isGreaterThan(acquired);
    }

    /** A successor that is named holds nothing before its own write, so other tools see a Lease that is free. */
    @Test
    void whoHoldsNothingIsNoHolder() throws Exception {
        ClusterStore store = store();
        Version version = applied(store.compareAndSet(null, Records.full(), LIMIT));
        for (Holder holder :
                List.of(Records.named(), new Holder.Released(Records.position()), new Holder.Released(null))) {
            ClusterRecord record = Records.full(holder);
            version = applied(store.compareAndSet(version, record, LIMIT));
            JsonObject spec = lease().getAsJsonObject("spec");
            assertThat(spec.has("holderIdentity")).isFalse();
            assertThat(spec.has("acquireTime")).isFalse();
            assertThat(store().read(LIMIT)).isEqualTo(new ReadOutcome.Found(new Stored(version, record)));
        }
        applied(store.compareAndSet(version, Records.full(), LIMIT));
        assertThat(lease().getAsJsonObject("spec").get("holderIdentity").getAsString())
                .isEqualTo("a");
    }

    /**
     * A Lease that was removed by hand: a write on what was there is a conflict and makes no new one, although a PUT
     * could; then nothing is there, and only one may make it anew. Versions go on growing.
     */
    @Test
    void aRemovedLeaseIsAbsentAndNotMadeAgainByAWriteOnTheOldOne() throws Exception {
        ClusterStore store = store();
        List<Stored> seen = new CopyOnWriteArrayList<>();
        List<String> lost = new CopyOnWriteArrayList<>();
        store.watch(seen::add, lost::add);
        Version before = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        awaitLast(seen, before);
        remove();
        assertThat(store.compareAndSet(before, next("write-1"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
        assertThat(store().compareAndSet(before, next("write-1"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());

        Version after = applied(store.compareAndSet(null, Records.first("write-2"), LIMIT));
        assertThat(after.newerThan(before)).isTrue();
        awaitLast(seen, after);
        assertThat(lost).isEmpty();
        assertThat(store().compareAndSet(null, Records.first("write-3"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.compareAndSet(before, next("write-4"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
    }

    /** Another object of the same name is not what was decided on, even if nobody but us knows the difference. */
    @Test
    void aLeaseThatWasMadeAgainIsAnother() throws Exception {
        ClusterStore store = store();
        Version before = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        remove();
        applied(store().compareAndSet(null, Records.first("write-0"), LIMIT));
        assertThat(store.compareAndSet(before, next("write-1"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(found(store.read(LIMIT)).record().writeId()).isEqualTo(new WriteId("write-0"));
    }

    @Test
    void whatOthersWroteStays() throws Exception {
        ClusterStore store = store();
        Version version = applied(store.compareAndSet(null, Records.full(), LIMIT));
        server.call(
                "PATCH",
                KubernetesServer.lease(name),
                "{\"metadata\":{\"annotations\":{\"example.org/note\":\"ours\"},\"labels\":{\"team\":\"db\"}}}");
        assertThat(store.compareAndSet(version, next("write-2"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        Stored seen = found(store.read(LIMIT));
        assertThat(seen.record()).isEqualTo(Records.full());
        assertThat(seen.version().newerThan(version)).isTrue();
        applied(store.compareAndSet(seen.version(), next("write-2"), LIMIT));
        assertThat(annotations())
                .containsEntry("example.org/note", "ours")
                .containsEntry("pgmahout.io/write-id", "write-2");
        assertThat(lease().getAsJsonObject("metadata")
                        .getAsJsonObject("labels")
                        .get("team")
                        .getAsString())
                .isEqualTo("db");
    }

    @Test
    void anotherProgramsLeaseIsRefusedAndNotTouched() throws Exception {
        server.call(
                "POST",
                KubernetesServer.leases(),
                "{\"metadata\":{\"name\":\"" + name
                        + "\"},\"spec\":{\"holderIdentity\":\"else\",\"leaseTransitions\":3}}");
        ClusterStore store = store();
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Refused("record.cluster is missing"));
        assertThat(store.compareAndSet(null, Records.full(), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(lease().getAsJsonObject("spec").get("holderIdentity").getAsString())
                .isEqualTo("else");
    }

    @Test
    void halfASecondIsNotWritten() throws Exception {
        ClusterRecord half = new ClusterRecord(
                Records.CLUSTER,
                null,
                Records.full().term(),
                Records.held(),
                1,
                1_500,
                Records.full().takeover(),
                List.of(),
                List.of(),
                false,
                null,
                new WriteId("w"));
        ClusterStore store = store();
        assertThat(store.compareAndSet(null, half, LIMIT))
                .isEqualTo(new WriteOutcome.Refused("not sent: a Lease lasts a whole number of seconds, not 1500 ms"));
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
    }

    /** The Lease belongs to the claims of all members that have one, in the write after they were asked for. */
    @Test
    void theLeaseBelongsToTheMembersVolumes() throws Exception {
        String suffix = name.substring(6, 14);
        String a = claim("a-" + suffix);
        String b = claim("b-" + suffix);
        try (ClusterStore store = connect(Records.CLUSTER, "{member}-" + suffix)) {
            Version[] version = {applied(store.compareAndSet(null, Records.full(), LIMIT))};
            await().atMost(LIMIT).untilAsserted(() -> {
                version[0] = applied(store.compareAndSet(version[0], next("write-" + version[0]), LIMIT));
                assertThat(owners()).containsExactlyInAnyOrder(a, b);
            });
        }
    }

    private String claim(String called) {
        return server.call(
                        "POST",
                        "/api/v1/namespaces/" + KubernetesServer.NAMESPACE + "/persistentvolumeclaims",
                        "{\"metadata\":{\"name\":\"" + called + "\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
                                + "\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}")
                .getAsJsonObject("metadata")
                .get("uid")
                .getAsString();
    }

    private List<String> owners() {
        JsonElement owners = lease().getAsJsonObject("metadata").get("ownerReferences");
        return owners == null
                ? List.of()
                : owners.getAsJsonArray().asList().stream()
                        .map(owner -> owner.getAsJsonObject().get("uid").getAsString())
                        .toList();
    }

    private JsonObject lease() {
        return server.call("GET", KubernetesServer.lease(name), null);
    }

    private Map<String, String> annotations() {
        Map<String, String> all = new TreeMap<>();
        lease().getAsJsonObject("metadata")
                .getAsJsonObject("annotations")
                .entrySet()
                .forEach(annotation ->
                        all.put(annotation.getKey(), annotation.getValue().getAsString()));
        return all;
    }

    @Override
    void remove() {
        server.ask("DELETE", KubernetesServer.lease(name), null);
    }

    private static String annotation(String key) {
        return switch (key) {
            case "systemIdentifier" -> "system-identifier";
            case "writeId" -> "write-id";
            default -> key;
        };
    }

    private static String text(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isString()
                ? primitive.getAsString()
                : value.toString();
    }

    private static ClusterRecord next(String write) {
        return Records.full().draft().as(new WriteId(write));
    }
}
