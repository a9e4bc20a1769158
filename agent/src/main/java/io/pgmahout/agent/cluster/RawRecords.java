package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.Version;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last few records as they were stored, unknown fields and all, by version. An object in here is never changed.
 * Any thread.
 */
final class RawRecords {

    /** A writer decides on the newest version it knows; a few more cover reads that overtake each other. */
    static final int KEPT = 4;

    private final Map<Version, JsonObject> byVersion = new LinkedHashMap<>();

    synchronized void put(Version version, JsonObject raw) {
        byVersion.remove(version);
        byVersion.put(version, raw);
        if (byVersion.size() > KEPT) {
            byVersion.remove(byVersion.keySet().iterator().next());
        }
    }

    synchronized @Nullable JsonObject get(Version version) {
        return byVersion.get(version);
    }
}
