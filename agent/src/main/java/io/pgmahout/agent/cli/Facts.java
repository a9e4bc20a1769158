package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;

/** Reads an agent's answer for people: what is missing or null is a dash. An agent may be of another version. */
final class Facts {

    static final String UNKNOWN = "-";

    private Facts() {}

    static boolean has(JsonObject json, String name) {
        return json.has(name) && !json.get(name).isJsonNull();
    }

    static String text(JsonObject json, String name) {
        // A message of a server or an operating system may carry what would move the cursor.
        return has(json, name) && json.get(name).isJsonPrimitive()
                ? json.get(name).getAsString().replaceAll("\\p{Cntrl}+", " ")
                : UNKNOWN;
    }

    static boolean flag(JsonObject json, String name) {
        return has(json, name) && json.get(name).getAsBoolean();
    }

    static JsonObject object(JsonObject json, String name) {
        JsonElement value = json.get(name);
        return value instanceof JsonObject object ? object : new JsonObject();
    }

    static Iterable<JsonElement> list(JsonObject json, String name) {
        return has(json, name) && json.get(name).isJsonArray() ? json.getAsJsonArray(name) : java.util.List.of();
    }

    static String bytes(JsonObject json, String name) {
        if (!has(json, name)) {
            return UNKNOWN;
        }
        double bytes = json.get(name).getAsDouble();
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        int unit = 0;
        while (bytes >= 1_024 && unit < units.length - 1) {
            bytes /= 1_024;
            unit++;
        }
        return unit == 0 ? "%d B".formatted((long) bytes) : String.format(Locale.ROOT, "%.1f %s", bytes, units[unit]);
    }

    static String seconds(JsonObject json, String name) {
        return has(json, name)
                ? String.format(Locale.ROOT, "%.1f s", json.get(name).getAsLong() / 1000.0)
                : UNKNOWN;
    }
}
