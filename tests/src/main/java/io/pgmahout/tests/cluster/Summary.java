package io.pgmahout.tests.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.StringJoiner;

/** What the agents of a cluster say, in a line each, for messages. */
final class Summary {

    private Summary() {}

    static String of(LocalCluster cluster) {
        StringJoiner lines = new StringJoiner("; ");
        for (LocalMember member : cluster.members()) {
            lines.add(member.name() + ": "
                    + (member.agentRuns()
                            ? member.admin().status().map(Summary::brief).orElse("does not answer")
                            : "agent not running, " + last(member.agentLog())));
        }
        return lines.toString();
    }

    private static String last(String log) {
        return log.isBlank()
                ? "nothing in its log"
                : log.strip().lines().toList().getLast();
    }

    private static String brief(JsonObject status) {
        StringJoiner words = new StringJoiner(" ");
        for (JsonElement element : status.getAsJsonArray("members")) {
            JsonObject one = element.getAsJsonObject();
            words.add(LocalCluster.text(one, "member") + "=" + LocalCluster.text(one, "role") + "/"
                    + LocalCluster.text(one, "server") + "/"
                    + LocalCluster.text(one, "timeline")
                    + (LocalCluster.text(one, "streaming").equals("true") ? "/streams" : "")
                    + (LocalCluster.text(one, "votes").equals("true") ? "" : "/no-vote"));
        }
        return words + " " + status.get("problems");
    }
}
