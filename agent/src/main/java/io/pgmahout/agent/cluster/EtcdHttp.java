package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The JSON gateway over HTTP/1.1. The JDK's client repeats no POST that may have been sent (only a connect that
 * failed); one selector thread and at most two workers.
 */
final class EtcdHttp implements AutoCloseable {

    /**
     * How long a connection may take before another endpoint is tried. The first TLS handshake of a cold process on a
     * busy machine was seen to take more than half a second.
     */
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    private static final long MAX_ANSWER_BYTES = 4 << 20;
    private static final int WORKERS = 2;
    private static final int MAX_TASKS = 256;

    private final ThreadPoolExecutor workers;
    private final HttpClient client;

    EtcdHttp(@Nullable SSLContext tls) {
        workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_TASKS),
                Thread.ofPlatform().daemon().name("etcd-http-", 0).factory(),
                new ThreadPoolExecutor.CallerRunsPolicy());
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(CONNECT_LIMIT)
                .executor(workers);
        client = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    /** Sends once; completes with a reply, never exceptionally but by cancelling, which ends the request. */
    Call post(URI endpoint, String path, JsonObject body, @Nullable String token) {
        CompletableFuture<HttpResponse<String>> sent = client.sendAsync(
                request(endpoint, path, body, token), BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES));
        CompletableFuture<EtcdReply> reply = sent.handle((answer, failure) ->
                failure == null ? EtcdReply.of(answer.statusCode(), answer.body()) : failed(endpoint, failure));
        return new Call(reply, () -> sent.cancel(true));
    }

    /** Sends once and hands every line of the answer to {@code lines}; the result is run to end it. */
    Runnable stream(URI endpoint, String path, JsonObject body, @Nullable String token, Flow.Subscriber<String> lines) {
        CompletableFuture<?> sent =
                client.sendAsync(request(endpoint, path, body, token), BodyHandlers.fromLineSubscriber(lines));
        CompletableFuture<?> reported = sent.whenComplete((answer, failure) -> {
            if (failure == null) {
                lines.onComplete();
            } else {
                lines.onError(failure);
            }
        });
        return () -> {
            sent.cancel(true);
            reported.cancel(false);
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
        workers.shutdown();
    }

    /** A request under way. */
    record Call(CompletableFuture<EtcdReply> reply, Runnable cancel) {

        /** This call, whose reply is told to {@code to} too. */
        Call whenReplied(Consumer<EtcdReply> to) {
            return new Call(
                    reply.thenApply(value -> {
                        to.accept(value);
                        return value;
                    }),
                    cancel);
        }
    }

    private static HttpRequest request(URI endpoint, String path, JsonObject body, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        return (token == null ? request : request.header("Authorization", token)).build();
    }

    private static EtcdReply failed(URI endpoint, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String reason = endpoint + ": " + cause;
        return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
                ? new EtcdReply.NotSent(reason)
                : new EtcdReply.Lost(reason);
    }
}
