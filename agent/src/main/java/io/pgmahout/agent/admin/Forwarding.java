package io.pgmahout.agent.admin;

import io.pgmahout.agent.model.MemberName;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Passes a request on to the member that must do it, with the same token. The client is made when first needed. */
final class Forwarding implements AutoCloseable {

    private static final long MAX_ANSWER_BYTES = 4L << 20;

    private final AdminOptions options;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpClient client;

    Forwarding(AdminOptions options) {
        this.options = options;
    }

    /** The other's answer, or 502. */
    CompletionStage<Reply> forward(Request request, MemberName to, String address) {
        HttpRequest.Builder passed;
        try {
            String scheme = options.peerTls().isPresent() ? "https://" : "http://";
            passed = HttpRequest.newBuilder(URI.create(scheme + address + request.target()));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Problem.unreachable(to + " tells an admin address that is none: " + address));
        }
        passed.timeout(Duration.ofMillis(options.limits().forwardMs()))
                .header(Request.FORWARDED_BY, options.member().value())
                .method(
                        request.method().equals("HEAD") ? "GET" : request.method(),
                        HttpRequest.BodyPublishers.ofString(request.body()));
        if (!request.body().isEmpty()) {
            passed.header("Content-Type", Reply.JSON);
        }
        options.token().get().ifPresent(token -> passed.header("Authorization", "Bearer " + token));
        return client().sendAsync(
                        passed.build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_ANSWER_BYTES))
                .handle((answer, failure) -> failure == null
                        ? reply(answer)
                        : Reply.of(Problem.unreachable(to + " at " + address + ": " + reason(failure))));
    }

    private static Reply reply(HttpResponse<String> answer) {
        Map<String, String> headers = new HashMap<>();
        for (String name : new String[] {"Location", "Retry-After"}) {
            answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
        }
        // The client's own token was right here, so what is wrong is between the two members.
        if (answer.statusCode() == 401 || answer.statusCode() == 421) {
            return Reply.of(Problem.unreachable(
                    "It answered " + answer.statusCode() + ": " + answer.body().strip()));
        }
        return new Reply(
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(Reply.JSON),
                answer.body(),
                headers);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof ConnectException) {
            return "nobody listens there";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(Duration.ofSeconds(2))
                    .executor(threads);
            options.peerTls().ifPresent(builder::sslContext);
            made = builder.build();
            client = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
        threads.shutdownNow();
    }
}
