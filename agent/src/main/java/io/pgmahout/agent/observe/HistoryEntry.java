package io.pgmahout.agent.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Something that is kept for {@code history}. */
public sealed interface HistoryEntry {

    /** When it happened, or began, by this machine's wall clock. */
    Instant at();

    /** The entry as it is served and stored: one object with its {@code kind}. */
    JsonObject toJson();

    /** This member's server became something else to its clients. */
    record RoleChange(Instant at, String role, long term) implements HistoryEntry {
        @Override
        public JsonObject toJson() {
            JsonObject json = kind("role", at);
            json.addProperty("role", role);
            json.addProperty("term", term);
            return json;
        }
    }

    /** The record names another holder, or another term. {@code holder} is empty when it names none. */
    record TermChange(Instant at, long term, String holder) implements HistoryEntry {
        @Override
        public JsonObject toJson() {
            JsonObject json = kind("term", at);
            json.addProperty("term", term);
            json.addProperty("holder", holder);
            return json;
        }
    }

    /**
     * How one fail-over or switchover went on this member.
     *
     * @param sign what was noticed first
     * @param outcome how it ended here
     * @param tookMs from the first sign to the last mark
     */
    record Trace(Instant at, String sign, String outcome, long tookMs, List<Mark> marks) implements HistoryEntry {
        public Trace {
            marks = List.copyOf(marks);
        }

        @Override
        public JsonObject toJson() {
            JsonObject json = kind("trace", at);
            json.addProperty("sign", sign);
            json.addProperty("outcome", outcome);
            json.addProperty("tookMs", tookMs);
            JsonArray array = new JsonArray();
            for (Mark mark : marks) {
                JsonObject one = new JsonObject();
                one.addProperty("ms", mark.ms());
                one.addProperty("what", mark.what());
                array.add(one);
            }
            json.add("marks", array);
            return json;
        }
    }

    /** One step of a trace, {@code ms} after its first sign. */
    record Mark(long ms, String what) {}

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws RuntimeException if it is something else; a file of a newer version may hold such
     */
    static HistoryEntry fromJson(JsonObject json) {
        Instant at = Instant.parse(json.get("at").getAsString());
        String kind = json.get("kind").getAsString();
        return switch (kind) {
            case "role" ->
                new RoleChange(
                        at, json.get("role").getAsString(), json.get("term").getAsLong());
            case "term" ->
                new TermChange(
                        at, json.get("term").getAsLong(), json.get("holder").getAsString());
            case "trace" -> {
                List<Mark> marks = new ArrayList<>();
                for (JsonElement mark : json.getAsJsonArray("marks")) {
                    JsonObject one = mark.getAsJsonObject();
                    marks.add(
                            new Mark(one.get("ms").getAsLong(), one.get("what").getAsString()));
                }
                yield new Trace(
                        at,
                        json.get("sign").getAsString(),
                        json.get("outcome").getAsString(),
                        json.get("tookMs").getAsLong(),
                        marks);
            }
            default -> throw new IllegalArgumentException("no kind of entry: " + kind);
        };
    }

    private static JsonObject kind(String kind, Instant at) {
        JsonObject json = new JsonObject();
        json.addProperty("at", at.toString());
        json.addProperty("kind", kind);
        return json;
    }
}
