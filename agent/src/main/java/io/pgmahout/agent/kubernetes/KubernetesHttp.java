package io.pgmahout.agent.kubernetes;

import io.pgmahout.agent.calls.Attempt;
import io.pgmahout.agent.calls.Deadline;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One OkHttp client for short requests and one for watches, so that neither waits for the other's connections. HTTP/1.1,
 * no proxy, no redirect; no request is sent twice, whatever OkHttp thinks it may repeat. Any thread.
 */
public final class KubernetesHttp implements AutoCloseable {

    /** The first TLS handshake of a cold process on a busy machine was seen to take more than half a second. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    /** A connection that nobody used for so long is not used again: what stands in between may have forgotten it. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(20);

    private static final long MAX_ANSWER_BYTES = 4 << 20;

    /** More than store, routing and claims of volumes have under way while nothing is answered. */
    private static final int MAX_WORKERS = 12;

    private final KubernetesAccess access;
    private final OkHttpClient calls;
    private final OkHttpClient watches;
    private volatile boolean closed;

    KubernetesHttp(KubernetesAccess access) {
        this.access = access;
        calls = client(access.http(), "kubernetes-call-")
                .addNetworkInterceptor(KubernetesHttp::once)
                .build();
        watches = client(access.http(), "kubernetes-stream-").build();
    }

    /** Where the API server is, and what is asked of it. */
    public KubernetesAccess access() {
        return access;
    }

    /** For requests of one purpose. All purposes share connections, so that the next request finds one open. */
    public KubernetesCalls calls() {
        return new KubernetesCalls(this);
    }

    /** Sends once, and ends at the deadline. */
    KubernetesReply send(Request request, Deadline deadline) {
        if (closed) {
            return new KubernetesReply.NotSent("the agent ends");
        }
        if (deadline.passed()) {
            return new KubernetesReply.NotSent("no time left");
        }
        Attempt<KubernetesReply> attempt = new Attempt<>();
        Call call =
                calls.newCall(request.newBuilder().tag(Attempt.class, attempt).build());
        call.timeout().timeout(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        call.enqueue(new Answer(attempt));
        KubernetesReply reply = deadline.await(attempt.result());
        if (reply == null) {
            boolean unsent = attempt.abandon();
            call.cancel();
            return unsent
                    ? new KubernetesReply.NotSent("no connection in time")
                    : new KubernetesReply.Lost("no answer in time");
        }
        return reply;
    }

    /** Opens a stream of lines, for {@code limit} at most; the result ends it. */
    Runnable stream(Request request, KubernetesStream lines, Duration limit) {
        if (closed) {
            lines.end("the agent ends");
            return () -> {};
        }
        Call call = watches.newCall(request);
        call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        call.enqueue(lines);
        return call::cancel;
    }

    @Override
    public void close() {
        closed = true;
        for (OkHttpClient client : List.of(calls, watches)) {
            client.dispatcher().cancelAll();
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }

    private static OkHttpClient.Builder client(OkHttpClient base, String threads) {
        // A call that finds no thread fails as one that was not sent.
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                0,
                MAX_WORKERS,
                1,
                TimeUnit.MINUTES,
                new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name(threads, 0).factory());
        Dispatcher dispatcher = new Dispatcher(workers);
        dispatcher.setMaxRequestsPerHost(MAX_WORKERS);
        return base.newBuilder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(2, IDLE_LIMIT.toNanos(), TimeUnit.NANOSECONDS))
                .protocols(List.of(Protocol.HTTP_1_1))
                .pingInterval(Duration.ZERO)
                .proxy(Proxy.NO_PROXY)
                .authenticator(Authenticator.NONE)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .connectTimeout(CONNECT_LIMIT)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO);
    }

    /** Past this a request may be seen; OkHttp comes here again when it means to repeat one (503 with Retry-After: 0). */
    private static Response once(Interceptor.Chain chain) throws IOException {
        Attempt<?> attempt = chain.request().tag(Attempt.class);
        if (attempt != null && !attempt.commit()) {
            throw new IOException("given up, or sent already");
        }
        return chain.proceed(chain.request());
    }

    /** Completes an attempt with what came of it. */
    private record Answer(Attempt<KubernetesReply> attempt) implements Callback {

        @Override
        public void onResponse(Call call, Response response) {
            try (response) {
                attempt.result()
                        .complete(KubernetesReply.of(
                                response.code(),
                                response.header("Retry-After"),
                                response.peekBody(MAX_ANSWER_BYTES).string()));
            } catch (IOException e) {
                attempt.result().complete(new KubernetesReply.Lost(e.toString()));
            }
        }

        @Override
        public void onFailure(Call call, IOException failure) {
            attempt.result()
                    .complete(
                            attempt.abandon()
                                    ? new KubernetesReply.NotSent(failure.toString())
                                    : new KubernetesReply.Lost(failure.toString()));
        }
    }
}
