package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.time.Instant;
import java.util.Optional;

/** A line of an agent's log that has a code. */
record LoggedEvent(Instant at, String code, JsonObject fields) {

    static Optional<LoggedEvent> parse(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        try {
            JsonObject fields = JsonParser.parseString(line).getAsJsonObject();
            return fields.has("event")
                    ? Optional.of(new LoggedEvent(
                            Instant.parse(fields.get("timestamp").getAsString()),
                            fields.get("event").getAsString(),
                            fields))
                    : Optional.empty();
        } catch (JsonSyntaxException cutOff) {
            return Optional.empty();
        }
    }

    boolean is(String wanted) {
        return code.equals(wanted);
    }

    String field(String key) {
        return fields.has(key) ? fields.get(key).getAsString() : "";
    }
}
