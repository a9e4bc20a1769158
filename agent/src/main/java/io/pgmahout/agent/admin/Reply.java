package io.pgmahout.agent.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.util.Map;
import java.util.TreeMap;

/** An answer, not yet on the wire. */
record Reply(int status, String contentType, String body, Map<String, String> headers) {

    static final String JSON = "application/json";

    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    Reply {
        headers = Map.copyOf(headers);
    }

    static Reply json(int status, JsonElement body) {
        return new Reply(status, JSON, GSON.toJson(body) + "\n", Map.of());
    }

    static Reply empty(int status) {
        return new Reply(status, "", "", Map.of());
    }

    static Reply of(Problem problem) {
        return new Reply(
                problem.status(), "application/problem+json", GSON.toJson(problem.toJson()) + "\n", problem.headers());
    }

    Reply with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Reply(status, contentType, body, more);
    }
}
