package io.pgmahout.agent.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key the record lies under, in the gateway's words: bytes are base64, 64-bit numbers are texts, what is zero,
 * false or empty is left out. A record's version is the revision of the store that last changed the key.
 */
record EtcdKey(String key, String cluster) {

    /** The record under the key. */
    record Value(JsonObject raw, Stored stored) {}

    /** The newest value, as a majority of etcd has it. */
    JsonObject range() {
        JsonObject range = new JsonObject();
        range.addProperty("key", base64(key));
        range.addProperty("serializable", false);
        return range;
    }

    /** Puts {@code raw} if the version still is {@code base}, or if there is no such key and {@code base} is null. */
    JsonObject putIf(@Nullable Version base, JsonObject raw) {
        JsonObject compare = new JsonObject();
        compare.addProperty("key", base64(key));
        compare.addProperty("result", "EQUAL");
        compare.addProperty("target", base == null ? "CREATE" : "MOD");
        compare.addProperty(base == null ? "create_revision" : "mod_revision", base == null ? "0" : base.toString());
        JsonObject put = new JsonObject();
        put.addProperty("key", base64(key));
        put.addProperty("value", base64(raw.toString()));
        JsonObject operation = new JsonObject();
        operation.add("request_put", put);
        JsonObject txn = new JsonObject();
        txn.add("compare", listOf(compare));
        txn.add("success", listOf(operation));
        return txn;
    }

    /** Every change of the key from revision {@code from} on. */
    JsonObject watchFrom(long from) {
        JsonObject create = new JsonObject();
        create.addProperty("key", base64(key));
        create.addProperty("start_revision", Long.toString(from));
        JsonObject watch = new JsonObject();
        watch.add("create_request", create);
        return watch;
    }

    /** The record in the answer to a read; null where there is none. */
    @Nullable
    Value found(JsonFields answer) throws UnreadableException {
        List<JsonFields> pairs = answer.has("kvs") ? answer.list("kvs") : List.of();
        return pairs.isEmpty() ? null : value(pairs.getFirst());
    }

    /** The record in a key-value pair of an answer. */
    Value value(JsonFields pair) throws UnreadableException {
        String text;
        try {
            text = new String(Base64.getDecoder().decode(pair.text("value")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UnreadableException("the value of " + key + " is not base64", e);
        }
        JsonObject raw = JsonFields.parse("the value of " + key, text).object();
        ClusterRecord record = RecordJson.decode(raw, cluster);
        return new Value(raw, new Stored(new Version(revision(pair, "mod_revision")), record));
    }

    static long revision(JsonFields fields, String name) throws UnreadableException {
        try {
            return Long.parseLong(fields.text(name));
        } catch (NumberFormatException e) {
            throw new UnreadableException(name + " is not a number", e);
        }
    }

    private static JsonArray listOf(JsonObject only) {
        JsonArray list = new JsonArray();
        list.add(only);
        return list;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
