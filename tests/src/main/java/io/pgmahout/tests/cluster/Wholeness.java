package io.pgmahout.tests.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/** Whether a cluster is whole, as {@link LocalCluster#awaitWhole} has it. */
final class Wholeness {

    private Wholeness() {}

    static boolean of(LocalCluster cluster) {
        Optional<LocalMember> primary = cluster.primary();
        Optional<JsonObject> status = primary.flatMap(member -> member.admin().status());
        if (status.isEmpty() || !status.get().get("healthy").getAsBoolean()) {
            return false;
        }
        String name = primary.orElseThrow().name();
        JsonElement record = status.get().get("record");
        if (record.isJsonNull()
                || !LocalCluster.text(record.getAsJsonObject(), "holder").equals(name)) {
            return false;
        }
        String timeline = LocalCluster.text(record.getAsJsonObject(), "timeline");
        for (LocalMember member : cluster.members()) {
            if (member.agentRuns() && !isWhole(member, name, timeline, status.get())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWhole(LocalMember member, String primary, String timeline, JsonObject status) {
        for (JsonElement element : status.getAsJsonArray("members")) {
            JsonObject one = element.getAsJsonObject();
            if (LocalCluster.text(one, "member").equals(member.name())) {
                boolean serves = member.name().equals(primary)
                        ? LocalCluster.text(one, "role").equals("primary")
                        : LocalCluster.text(one, "role").equals("standby")
                                && LocalCluster.text(one, "streaming").equals("true")
                                && LocalCluster.text(one, "following").equals(primary);
                return serves
                        && LocalCluster.text(one, "votes").equals("true")
                        && LocalCluster.text(one, "timeline").equals(timeline);
            }
        }
        return false;
    }
}
