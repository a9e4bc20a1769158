package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** What {@code history} shows. */
final class HistoryPage {

    private HistoryPage() {}

    /** One entry on one line. */
    static String line(JsonObject entry) {
        String what = switch (Facts.text(entry, "kind")) {
            case "role" -> "became " + Facts.text(entry, "role") + " in term " + Facts.text(entry, "term");
            case "term" ->
                "term " + Facts.text(entry, "term") + " held by "
                        + (Facts.text(entry, "holder").isEmpty() ? "nobody" : Facts.text(entry, "holder"));
            case "trace" ->
                Facts.text(entry, "sign") + ": " + Facts.text(entry, "outcome") + " after "
                        + Facts.text(entry, "tookMs") + " ms";
            default -> entry.toString();
        };
        return Facts.text(entry, "at") + "  " + what;
    }

    static String text(Iterable<JsonElement> entries) {
        StringBuilder text = new StringBuilder();
        for (JsonElement element : entries) {
            JsonObject entry = element.getAsJsonObject();
            text.append(line(entry)).append('\n');
            for (JsonElement mark : Facts.list(entry, "marks")) {
                text.append("    %6s ms  %s%n"
                        .formatted(
                                Facts.text(mark.getAsJsonObject(), "ms"), Facts.text(mark.getAsJsonObject(), "what")));
            }
        }
        return text.isEmpty() ? "Nothing has happened yet." : text.toString().stripTrailing();
    }
}
