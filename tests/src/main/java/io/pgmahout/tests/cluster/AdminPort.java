package io.pgmahout.tests.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** One agent's admin port, as a client with the right token, or without one, sees it. Each request takes at most 5 s. */
public final class AdminPort {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final String base;
    private final HttpClient http;
    private final Optional<String> token;

    AdminPort(String hostAndPort, Optional<String> token) {
        this("http://" + hostAndPort, HTTP, token);
    }

    /**
     * As a client that trusts and is trusted.
     *
     * @param base the address with its scheme
     */
    AdminPort(String base, HttpClient http, Optional<String> token) {
        this.base = base;
        this.http = http;
        this.token = token;
    }

    /** An answer; the body is JSON null where there is none, or it is no JSON. */
    public record Reply(int status, JsonElement body) {

        /** What a person should read: the problem's detail or the action's text. */
        public String text() {
            if (body instanceof JsonObject json) {
                for (String key : new String[] {"detail", "text", "title"}) {
                    if (json.has(key) && !json.get(key).isJsonNull()) {
                        return json.get(key).getAsString();
                    }
                }
            }
            return body.toString();
        }
    }

    /**
     * Asks for something.
     *
     * @param path begins with a slash
     * @throws ClusterException if there is no answer
     */
    public Reply get(String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).GET());
    }

    /** POST with a JSON object as its body. */
    public Reply post(String path, JsonObject body) {
        return post(path, body.toString());
    }

    /** POST with a body that is said to be JSON. */
    public Reply post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** {@code GET /status}; empty when the agent does not answer, or not yet. */
    public Optional<JsonObject> status() {
        try {
            Reply reply = get("/status");
            return reply.status() == 200 ? Optional.of(reply.body().getAsJsonObject()) : Optional.empty();
        } catch (ClusterException noAnswer) {
            return Optional.empty();
        }
    }

    /**
     * Begins a lasting action and follows it to its end; the action as it ended, with {@code state} done, refused,
     * failed or unknown.
     *
     * @throws ClusterException if it is not accepted, or has not ended in time
     */
    public JsonObject act(String path, JsonObject body, Duration limit) {
        Reply begun = post(path, body);
        if (begun.status() != 200 && begun.status() != 202) {
            throw new ClusterException("POST %s: %d, %s".formatted(path, begun.status(), begun.text()));
        }
        JsonObject[] action = {begun.body().getAsJsonObject()};
        Waiting.until(
                "end of " + path,
                limit,
                () -> {
                    if (!"running".equals(action[0].get("state").getAsString())) {
                        return true;
                    }
                    Reply now = get("/actions/" + action[0].get("id").getAsString());
                    if (now.status() == 200) {
                        action[0] = now.body().getAsJsonObject();
                    }
                    return false;
                },
                () -> action[0].toString());
        return action[0];
    }

    private Reply send(HttpRequest.Builder request) {
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        try {
            HttpResponse<String> response =
                    http.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), json(response.body()));
        } catch (IOException e) {
            throw new ClusterException(base + " does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    private static JsonElement json(String body) {
        try {
            return body.isEmpty() ? JsonNull.INSTANCE : JsonParser.parseString(body);
        } catch (JsonSyntaxException notJson) {
            return JsonNull.INSTANCE;
        }
    }
}
