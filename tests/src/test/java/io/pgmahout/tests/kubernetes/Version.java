package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One version of one object, as it lay in etcd.
 *
 * @param revision its resourceVersion: etcd counts one up for all objects
 * @param nanos when it was seen, by {@link System#nanoTime()}
 * @param at the same by the clock that logs go by
 * @param object without its managed fields, of a pod's spec the node alone; null where the object was deleted
 */
record Version(
        String kind,
        String namespace,
        String name,
        long revision,
        long nanos,
        Instant at,
        @Nullable JsonObject object) {

    private static final String ROLE = "pgmahout.io/role";
    private static final String CLUSTER = "pgmahout.io/cluster";

    boolean is(String wantedKind, String wantedNamespace, String wantedName) {
        return kind.equals(wantedKind) && namespace.equals(wantedNamespace) && name.equals(wantedName);
    }

    /** This object, whichever its version. */
    String key() {
        return kind + "/" + namespace + "/" + name;
    }

    /** Namespace and cluster of a pod that wears the role of a primary; null for anything else. */
    @Nullable
    String primaryOf() {
        if (object == null || !"primary".equals(label(ROLE))) {
            return null;
        }
        return namespace + "/" + label(CLUSTER);
    }

    /** Whom a Lease names. */
    String holder() {
        return object == null ? "" : Lease.of(object).holder();
    }

    boolean isOf(Release release) {
        return namespace.equals(release.namespace()) && label(CLUSTER).equals(release.name());
    }

    boolean ready() {
        return object != null && Pod.of(object).ready();
    }

    String label(String key) {
        JsonObject metadata = object == null ? null : object.getAsJsonObject("metadata");
        JsonObject labels = metadata == null ? null : metadata.getAsJsonObject("labels");
        return labels == null || !labels.has(key) ? "" : labels.get(key).getAsString();
    }
}
