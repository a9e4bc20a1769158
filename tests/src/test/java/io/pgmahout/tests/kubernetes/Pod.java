package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * A pod as the API server shows it.
 *
 * @param uid another one for each pod that has the name
 * @param address empty while it has none
 * @param ready whether it serves its role
 */
record Pod(String name, String uid, String node, String address, boolean ready) {

    static Pod of(JsonObject json) {
        JsonObject metadata = json.getAsJsonObject("metadata");
        JsonObject status = json.getAsJsonObject("status");
        boolean ready = false;
        if (status.has("conditions")) {
            for (JsonElement each : status.getAsJsonArray("conditions")) {
                JsonObject condition = each.getAsJsonObject();
                ready |= "Ready".equals(text(condition, "type")) && "True".equals(text(condition, "status"));
            }
        }
        return new Pod(
                text(metadata, "name"),
                text(metadata, "uid"),
                text(json.getAsJsonObject("spec"), "nodeName"),
                text(status, "podIP"),
                ready && !metadata.has("deletionTimestamp"));
    }

    /** The number that {@code tests/kubernetes/cluster} knows its node by. */
    String nodeNumber() {
        return node.substring("node".length());
    }

    private static String text(JsonObject json, String key) {
        return json.has(key) ? json.get(key).getAsString() : "";
    }
}
