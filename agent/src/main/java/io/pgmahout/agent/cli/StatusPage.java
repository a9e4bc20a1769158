package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What {@code status} shows. */
final class StatusPage {

    private final Terminal terminal;

    StatusPage(Terminal terminal) {
        this.terminal = terminal;
    }

    String text(JsonObject status) {
        List<String> lines = new ArrayList<>();
        JsonObject record = Facts.object(status, "record");
        lines.add(terminal.bold(Facts.text(status, "cluster")) + ": term " + Facts.text(record, "term")
                + ", timeline " + Facts.text(record, "timeline")
                + ", primary " + Facts.text(status, "primary")
                + ", takeover " + Facts.text(record, "takeover")
                + (Facts.flag(record, "paused") ? terminal.yellow(", paused") : "")
                + " (as " + Facts.text(status, "answeredBy") + " sees it)");
        lines.add("");
        TextTable table = new TextTable(
                List.of(3, 5, 6, 7), "MEMBER", "ROLE", "STATE", "TIMELINE", "LSN", "LAG", "LAG TIME", "PERMIT", "RULE");
        List<String> unfit = new ArrayList<>();
        for (JsonElement element : Facts.list(status, "members")) {
            row(table, element.getAsJsonObject());
            String name = Facts.text(element.getAsJsonObject(), "member");
            if (Facts.has(element.getAsJsonObject(), "obstacle")) {
                unfit.add("  " + name + ": " + Facts.text(element.getAsJsonObject(), "obstacle"));
            }
        }
        lines.add(table.toString());
        if (!unfit.isEmpty()) {
            lines.add("");
            lines.add("Would not be promoted:");
            lines.addAll(unfit);
        }
        tail(lines, status);
        return String.join("\n", lines);
    }

    private void row(TextTable table, JsonObject member) {
        String role = Facts.text(member, "role");
        boolean reachable = Facts.flag(member, "reachable");
        String server = Facts.text(member, "server");
        boolean well = reachable && server.equals("running");
        String state = !reachable ? "unreachable" : Facts.flag(member, "streaming") ? "streaming" : server;
        table.row(
                Facts.text(member, "member"),
                role.equals("primary") ? terminal.bold(role) : role,
                well ? terminal.green(state) : terminal.red(state),
                Facts.text(member, "timeline"),
                Facts.text(member, "lsn"),
                Facts.bytes(member, "lagBytes"),
                Facts.seconds(member, "lagMs"),
                role.equals("primary") ? Facts.seconds(member, "permitMs") : Facts.UNKNOWN,
                Facts.text(member, "rule"));
    }

    private void tail(List<String> lines, JsonObject status) {
        lines.add("");
        if (Facts.has(status, "action")) {
            lines.add(Facts.text(status, "answeredBy") + " does: " + Facts.text(status, "action"));
        }
        if (Facts.has(status, "lastEvent")) {
            lines.add("Last event: " + HistoryPage.line(Facts.object(status, "lastEvent")));
        }
        if (Facts.flag(status, "healthy")) {
            lines.add(terminal.green("Healthy."));
        } else {
            lines.add(terminal.red("Not healthy:"));
            Facts.list(status, "problems").forEach(problem -> lines.add("  " + problem.getAsString()));
        }
    }
}
