package io.pgmahout.agent.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import java.util.Map;

/**
 * Where the fields of the record stand in a Lease. Term, duration and the name of who holds the term are fields of the
 * Lease's own; each other field of the record is an annotation. A Lease without a holder is one whose term nobody holds:
 * released, or with a successor named who has not taken it yet.
 */
final class LeaseFields {

    static final String PREFIX = "pgmahout.io/";

    private static final String HELD = "held";
    private static final long MS_PER_SECOND = 1_000;

    /** An annotation holds a text as it is, anything else as JSON. */
    private static final Map<String, Annotation> ANNOTATIONS = Map.of(
            "cluster", new Annotation("cluster", true),
            "systemIdentifier", new Annotation("system-identifier", true),
            "holder", new Annotation("holder", false),
            "renewal", new Annotation("renewal", false),
            "takeover", new Annotation("takeover", true),
            "members", new Annotation("members", false),
            "history", new Annotation("history", false),
            "paused", new Annotation("paused", false),
            "switchover", new Annotation("switchover", false),
            "writeId", new Annotation("write-id", true));

    private record Annotation(String name, boolean text) {
        String key() {
            return PREFIX + name;
        }
    }

    private LeaseFields() {}

    /** The record in a Lease; what the Lease does not have is not there. */
    static JsonObject record(JsonFields lease) throws UnreadableException {
        JsonObject record = new JsonObject();
        JsonFields metadata = lease.fields("metadata");
        JsonFields annotations = metadata.fieldsOrNull("annotations");
        if (annotations != null) {
            for (Map.Entry<String, Annotation> field : ANNOTATIONS.entrySet()) {
                Annotation annotation = field.getValue();
                if (annotations.has(annotation.key())) {
                    String text = annotations.text(annotation.key());
                    record.add(
                            field.getKey(),
                            annotation.text()
                                    ? new JsonPrimitive(text)
                                    : JsonFields.element("the annotation " + annotation.key(), text));
                }
            }
        }
        JsonFields spec = lease.fieldsOrNull("spec");
        if (spec != null) {
            own(spec, record);
        }
        return record;
    }

    private static void own(JsonFields spec, JsonObject record) throws UnreadableException {
        if (spec.has("leaseTransitions")) {
            record.addProperty("term", spec.whole("leaseTransitions"));
        }
        if (spec.has("leaseDurationSeconds")) {
            long seconds = spec.whole("leaseDurationSeconds");
            if (seconds < 0 || seconds > Integer.MAX_VALUE) {
                throw new UnreadableException("no Lease lasts " + seconds + " seconds");
            }
            record.addProperty("leaseDurationMs", seconds * MS_PER_SECOND);
        }
        if (spec.has("holderIdentity") && isHeld(record)) {
            record.getAsJsonObject("holder").addProperty("member", spec.text("holderIdentity"));
        }
    }

    /** Writes {@code record} into a Lease's annotations and spec; what else stands there stays. */
    static void put(JsonObject record, JsonObject annotations, JsonObject spec) throws UnreadableException {
        JsonObject rest = record.deepCopy();
        long durationMs = rest.remove("leaseDurationMs").getAsLong();
        long term = rest.remove("term").getAsLong();
        if (durationMs % MS_PER_SECOND != 0 || durationMs / MS_PER_SECOND > Integer.MAX_VALUE) {
            throw new UnreadableException("a Lease lasts a whole number of seconds, not " + durationMs + " ms");
        }
        if (term > Integer.MAX_VALUE) {
            throw new UnreadableException("a Lease counts terms up to " + Integer.MAX_VALUE + " only");
        }
        spec.addProperty("leaseDurationSeconds", durationMs / MS_PER_SECOND);
        spec.addProperty("leaseTransitions", term);
        spec.remove("holderIdentity");
        if (isHeld(rest)) {
            spec.add("holderIdentity", rest.getAsJsonObject("holder").remove("member"));
        }
        if (!ANNOTATIONS.keySet().containsAll(rest.keySet())) {
            throw new IllegalStateException("a field of the record has no place in a Lease: " + rest.keySet());
        }
        for (Map.Entry<String, Annotation> field : ANNOTATIONS.entrySet()) {
            JsonElement value = rest.get(field.getKey());
            if (value == null) {
                annotations.remove(field.getValue().key());
            } else {
                annotations.addProperty(
                        field.getValue().key(), field.getValue().text() ? value.getAsString() : value.toString());
            }
        }
    }

    private static boolean isHeld(JsonObject record) {
        return record.get("holder") instanceof JsonObject holder
                && holder.get("state") instanceof JsonPrimitive state
                && state.getAsString().equals(HELD);
    }
}
