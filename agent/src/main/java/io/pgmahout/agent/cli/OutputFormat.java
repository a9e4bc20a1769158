package io.pgmahout.agent.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.util.function.Supplier;

/** How an answer is printed. */
enum OutputFormat {
    TABLE,
    JSON,
    YAML;

    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .disableHtmlEscaping()
            .setPrettyPrinting()
            .create();

    /** The text, without an end of line; {@code table} is made only when it is wanted. */
    String text(JsonElement answer, Supplier<String> table) {
        return switch (this) {
            case TABLE -> table.get();
            case JSON -> GSON.toJson(answer);
            case YAML -> Yaml.text(answer);
        };
    }
}
