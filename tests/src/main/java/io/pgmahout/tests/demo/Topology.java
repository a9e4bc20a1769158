package io.pgmahout.tests.demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cluster at one moment, as the agent knows it that knows most: the holder's, else the first that answers. */
record Topology(String record, List<Row> rows) {

    /**
     * One member.
     *
     * @param state what it is, in words that change only when it does
     * @param lag how far behind it is, empty when that says nothing
     */
    record Row(String member, String address, boolean primary, boolean well, String state, String lag, String rule) {}

    Topology {
        rows = List.copyOf(rows);
    }

    static Topology of(LocalCluster cluster) {
        Optional<JsonObject> best = Optional.empty();
        for (LocalMember member : cluster.members()) {
            Optional<JsonObject> status = member.agentRuns() ? member.admin().status() : Optional.empty();
            if (status.isPresent() && (best.isEmpty() || leads(member, status.get()))) {
                best = status;
            }
        }
        List<Row> rows = new ArrayList<>();
        for (LocalMember member : cluster.members()) {
            rows.add(row(member, best.flatMap(status -> find(status, member.name()))));
        }
        return new Topology(best.map(Topology::record).orElse("no agent answers"), rows);
    }

    private static boolean leads(LocalMember member, JsonObject status) {
        return LocalCluster.text(status, "primary").equals(member.name());
    }

    private static Optional<JsonObject> find(JsonObject status, String name) {
        for (JsonElement element : status.getAsJsonArray("members")) {
            JsonObject member = element.getAsJsonObject();
            if (LocalCluster.text(member, "member").equals(name)) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    private static String record(JsonObject status) {
        if (status.get("record").isJsonNull()) {
            return "no record yet";
        }
        JsonObject record = status.getAsJsonObject("record");
        String holder = LocalCluster.text(record, "holder");
        return "term %s, %s, timeline %s, %s%s"
                .formatted(
                        LocalCluster.text(record, "term"),
                        holder.isEmpty() ? "nobody leads" : holder + " leads",
                        dash(LocalCluster.text(record, "timeline")),
                        LocalCluster.text(record, "takeover"),
                        LocalCluster.text(record, "paused").equals("true") ? ", paused" : "");
    }

    private static Row row(LocalMember member, Optional<JsonObject> known) {
        String address = member.host() + ":" + member.port();
        if (!member.agentRuns()) {
            return new Row(member.name(), address, false, false, "agent not running", "", "");
        }
        if (known.isEmpty()) {
            return new Row(member.name(), address, false, false, "unknown", "", "");
        }
        JsonObject json = known.get();
        String role = LocalCluster.text(json, "role");
        String server = LocalCluster.text(json, "server");
        boolean primary = role.equals("primary");
        boolean streams = LocalCluster.text(json, "streaming").equals("true");
        StringBuilder state = new StringBuilder(role.equals("none") ? server : role);
        if (primary || role.equals("standby")) {
            state.append(server.equals("running") ? "" : " (" + server + ")");
            state.append(", timeline ").append(dash(LocalCluster.text(json, "timeline")));
        }
        if (!primary && streams) {
            state.append(", streams from ").append(dash(LocalCluster.text(json, "following")));
        }
        if (LocalCluster.text(json, "reachable").equals("false")) {
            state.append(", not reached");
        }
        String lag = LocalCluster.text(json, "lagBytes");
        return new Row(
                member.name(),
                address,
                primary,
                primary || streams,
                state.toString(),
                primary || lag.isEmpty() ? "" : lag + " B",
                LocalCluster.text(json, "rule"));
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
