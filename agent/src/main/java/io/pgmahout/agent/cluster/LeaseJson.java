package io.pgmahout.agent.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesAccess;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record as a {@code coordination.k8s.io/v1} Lease, as the API server sends it: fields of the Lease that we do not
 * know, and other people's annotations, are written back as they were read. Nothing that is empty is ever sent.
 *
 * @param name of the Lease
 */
record LeaseJson(String cluster, String namespace, String name) {

    /** RFC 3339 with microseconds, as Kubernetes writes a MicroTime. */
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** A Lease with a record. */
    record Value(JsonObject raw, Stored stored) {}

    /** Reads a Lease that the API server sent. */
    Value value(JsonObject lease) throws UnreadableException {
        JsonFields fields = new JsonFields("the Lease " + name, lease);
        ClusterRecord record = RecordJson.decode(LeaseFields.record(fields), cluster);
        return new Value(lease, new Stored(new Version(KubernetesAccess.revision(fields)), record));
    }

    /** The Lease to make where there is none. */
    JsonObject first(ClusterRecord record, Instant now) throws UnreadableException {
        JsonObject labels = new JsonObject();
        labels.addProperty(LeaseFields.PREFIX + "cluster", cluster);
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", name);
        metadata.addProperty("namespace", namespace);
        metadata.add("labels", labels);
        JsonObject lease = new JsonObject();
        lease.addProperty("apiVersion", "coordination.k8s.io/v1");
        lease.addProperty("kind", "Lease");
        lease.add("metadata", metadata);
        return written(lease, RecordJson.encode(record), null, now);
    }

    /**
     * The Lease to put in the place of {@code stored}. It bears the uid and resourceVersion of that one: the API server
     * replaces no other object by it, not even one of the same name made since, and makes none where there is none.
     */
    JsonObject next(JsonObject stored, ClusterRecord record, Instant now) throws UnreadableException {
        JsonObject before = LeaseFields.record(new JsonFields("the Lease " + name, stored));
        JsonObject next = RecordJson.encode(record);
        UnknownFields.carry(before, next);
        JsonObject lease = stored.deepCopy();
        // The server's own account of who wrote which field: it keeps it where it is not sent, and it is larger than
        // all else.
        lease.getAsJsonObject("metadata").remove("managedFields");
        return written(lease, next, before, now);
    }

    private static JsonObject written(JsonObject lease, JsonObject record, @Nullable JsonObject before, Instant now)
            throws UnreadableException {
        JsonObject spec = part(lease, "spec");
        LeaseFields.put(record, part(lease.getAsJsonObject("metadata"), "annotations"), spec);
        String time = MICRO_TIME.format(now);
        spec.addProperty("renewTime", time);
        if (!spec.has("holderIdentity")) {
            spec.remove("acquireTime");
        } else if (before == null || !same(before, record, "term") || !same(before, record, "holder")) {
            spec.addProperty("acquireTime", time);
        }
        return lease;
    }

    private static boolean same(JsonObject one, JsonObject other, String key) {
        return Objects.equals(one.get(key), other.get(key));
    }

    private static JsonObject part(JsonObject object, String key) {
        JsonElement part = object.get(key);
        if (part instanceof JsonObject there) {
            return there;
        }
        JsonObject made = new JsonObject();
        object.add(key, made);
        return made;
    }
}
