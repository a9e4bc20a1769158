package io.pgmahout.agent.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;

/** JSON as YAML blocks. Texts that YAML could read as something else are quoted as in JSON, which is YAML too. */
final class Yaml {

    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");
    private static final Pattern RESERVED = Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");

    private Yaml() {}

    static String text(JsonElement json) {
        StringBuilder text = new StringBuilder();
        block(text, json, 0);
        return text.toString().strip();
    }

    private static void block(StringBuilder text, JsonElement json, int depth) {
        if (json instanceof JsonObject object && !object.isEmpty()) {
            for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                start(text, depth);
                text.append(scalar(GSON.toJsonTree(field.getKey()))).append(':');
                value(text, field.getValue(), depth + 1);
            }
        } else if (json instanceof JsonArray array && !array.isEmpty()) {
            for (JsonElement element : array) {
                start(text, depth);
                text.append('-');
                value(text, element, depth + 1);
            }
        } else {
            text.append(scalar(json)).append('\n');
        }
    }

    private static void value(StringBuilder text, JsonElement json, int depth) {
        boolean nested = (json instanceof JsonObject object && !object.isEmpty())
                || (json instanceof JsonArray array && !array.isEmpty());
        text.append(nested ? "\n" : " ");
        block(text, json, depth);
    }

    /** An element of a list begins on the line of its dash's own, so each block line starts alike. */
    private static void start(StringBuilder text, int depth) {
        text.append("  ".repeat(depth));
    }

    private static String scalar(JsonElement json) {
        boolean text = json.isJsonPrimitive() && json.getAsJsonPrimitive().isString();
        if (text
                && PLAIN.matcher(json.getAsString()).matches()
                && !RESERVED.matcher(json.getAsString()).matches()) {
            return json.getAsString();
        }
        return GSON.toJson(json);
    }
}
