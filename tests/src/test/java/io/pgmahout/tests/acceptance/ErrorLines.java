package io.pgmahout.tests.acceptance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lines at ERROR in the agents' logs, each told of once. */
final class ErrorLines {
    private final Map<String, Integer> read = new HashMap<>();

    /** What came since the last call, but for events of these codes. */
    List<String> unexpected(LocalCluster cluster, Set<String> allowed) {
        List<String> unexpected = new ArrayList<>();
        for (LocalMember member : cluster.members()) {
            List<String> lines = member.agentLog().lines().toList();
            int from = read.getOrDefault(member.name(), 0);
            lines.subList(from, lines.size()).stream()
                    .filter(line -> isError(line) && !allowed.contains(code(line)))
                    .forEach(unexpected::add);
            read.put(member.name(), lines.size());
        }
        return unexpected;
    }

    private static boolean isError(String line) {
        return line.contains("\"level\":\"ERROR\"");
    }

    private static String code(String line) {
        try {
            JsonObject json = JsonParser.parseString(line).getAsJsonObject();
            return LocalCluster.text(json, "event");
        } catch (JsonSyntaxException | IllegalStateException torn) {
            return "";
        }
    }
}
