package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Map;
import java.util.TreeMap;

/**
 * The record, as the Lease shows it.
 *
 * @param holder empty while nobody holds the term
 * @param quorum whether a majority's promises are enough to take over
 * @param voters the ids of the voting members, by name
 */
record Lease(String uid, String holder, int term, boolean quorum, Map<String, String> voters) {

    private static final String MEMBERS = "pgmahout.io/members";

    static Lease of(JsonObject json) {
        JsonObject metadata = json.getAsJsonObject("metadata");
        JsonObject spec = json.getAsJsonObject("spec");
        Map<String, String> voters = new TreeMap<>();
        for (JsonElement each : JsonParser.parseString(
                        metadata.getAsJsonObject("annotations").get(MEMBERS).getAsString())
                .getAsJsonArray()) {
            JsonObject voter = each.getAsJsonObject();
            voters.put(voter.get("member").getAsString(), voter.get("id").getAsString());
        }
        return new Lease(
                metadata.get("uid").getAsString(),
                spec.has("holderIdentity") ? spec.get("holderIdentity").getAsString() : "",
                spec.get("leaseTransitions").getAsInt(),
                "QUORUM"
                        .equals(metadata.getAsJsonObject("annotations")
                                .get("pgmahout.io/takeover")
                                .getAsString()),
                voters);
    }

    /** The id that a member votes with; empty where it does not. */
    String voter(String member) {
        return voters.getOrDefault(member, "");
    }
}
