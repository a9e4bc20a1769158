package io.pgmahout.tests.acceptance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lines at level ERROR that the agents of a cluster have logged since this was made. */
final class ErrorLines {

    private final LocalCluster cluster;
    private final Map<String, Integer> seen = new LinkedHashMap<>();

    ErrorLines(LocalCluster cluster) {
        this.cluster = cluster;
        cluster.members()
                .forEach(member -> seen.put(member.name(), member.agentLog().length()));
    }

    /** All but events that the scenario calls for. */
    List<String> but(Set<String> events) {
        List<String> lines = new ArrayList<>();
        for (LocalMember member : cluster.members()) {
            member.agentLog()
                    .substring(seen.getOrDefault(member.name(), 0))
                    .lines()
                    .filter(line -> isError(line, events))
                    .forEach(lines::add);
        }
        return lines;
    }

    private static boolean isError(String line, Set<String> events) {
        if (!line.startsWith("{") || !line.endsWith("}")) {
            return false;
        }
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        return LocalCluster.text(json, "level").equals("ERROR") && !events.contains(LocalCluster.text(json, "event"));
    }
}
