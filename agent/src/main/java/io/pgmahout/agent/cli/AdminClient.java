package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.pgmahout.config.HostAndPort;
import io.pgmahout.protocol.PemContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Asks one agent. Whatever is not an answer ends the command with its exit code. */
final class AdminClient implements AutoCloseable {

    private static final long MAX_ANSWER_BYTES = 16L << 20;

    private final HttpClient http;
    private final String base;
    private final Optional<String> token;
    private final Duration limit;

    private AdminClient(HttpClient http, String base, Optional<String> token, Duration limit) {
        this.http = http;
        this.base = base;
        this.token = token;
        this.limit = limit;
    }

    static AdminClient to(String admin, Optional<String> token, Optional<Path> caFile, int timeoutSeconds) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(Math.min(3, timeoutSeconds)));
        try {
            HostAndPort address = HostAndPort.parse(admin);
            if (caFile.isPresent()) {
                http.sslContext(PemContext.trusting(caFile.get()));
            } else if (token.isPresent() && !address.isLoopback()) {
                throw new CommandFailedException(
                        ExitCode.USAGE, "A token is not sent in the clear over a network: give --ca-file.");
            }
            String base = (caFile.isPresent() ? "https://" : "http://") + address;
            return new AdminClient(http.build(), base, token, Duration.ofSeconds(timeoutSeconds));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, "--admin " + admin + " " + e.getMessage() + ".");
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandFailedException(ExitCode.USAGE, "The authority cannot be used: " + e.getMessage());
        }
    }

    JsonElement get(String path) {
        return send(request(path).GET().build());
    }

    JsonElement post(String path, JsonObject body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(limit)
                .header("Accept", "application/json, application/problem+json");
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    private JsonElement send(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(
                    request, BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_ANSWER_BYTES));
            JsonElement json = JsonParser.parseString(answer.body());
            if (answer.statusCode() >= 300) {
                throw failure(answer.statusCode(), json);
            }
            return json;
        } catch (JsonParseException e) {
            throw new CommandFailedException(ExitCode.UNREACHABLE, "What answers at " + base + " is not an agent.");
        } catch (SSLException e) {
            throw new CommandFailedException(
                    ExitCode.UNREACHABLE, "The agent at " + base + " cannot be trusted: " + e.getMessage());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? "nobody listens" : e.getMessage();
            throw new CommandFailedException(
                    request.method().equals("GET") || e instanceof java.net.ConnectException
                            ? ExitCode.UNREACHABLE
                            : ExitCode.UNKNOWN,
                    "The agent at " + base + " was not reached: " + reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException(ExitCode.UNKNOWN, "interrupted");
        }
    }

    private static CommandFailedException failure(int status, JsonElement body) {
        JsonObject problem = body.isJsonObject() ? body.getAsJsonObject() : new JsonObject();
        StringBuilder text = new StringBuilder();
        text.append(problem.has("title") ? problem.get("title").getAsString() : "HTTP status " + status);
        if (problem.has("detail")) {
            text.append(": ").append(problem.get("detail").getAsString());
        }
        if (problem.has("problems")) {
            problem.getAsJsonArray("problems")
                    .forEach(one -> text.append("\n  ").append(one.getAsString()));
        }
        String type = problem.has("type") ? problem.get("type").getAsString() : "";
        ExitCode code = switch (status) {
            case 400, 404, 405, 411, 413, 414, 415, 422, 431 -> ExitCode.USAGE;
            case 401, 403 -> ExitCode.UNAUTHORISED;
            case 409, 429 -> ExitCode.REFUSED;
            case 502, 503, 504 -> ExitCode.UNREACHABLE;
            default -> type.endsWith(":unknown") ? ExitCode.UNKNOWN : ExitCode.FAILED;
        };
        return new CommandFailedException(code, text.toString());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
