package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.EtcdReply.Denied;
import io.pgmahout.agent.cluster.EtcdReply.Done;
import io.pgmahout.agent.cluster.EtcdReply.Lost;
import io.pgmahout.agent.cluster.EtcdReply.NotSent;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several endpoints as one etcd, logged in. The endpoint that answered last is asked first; one that failed goes to
 * the back. Any thread.
 */
final class EtcdClient implements AutoCloseable {

    /** A read that is not answered within this is sent to the next endpoint as well. */
    private static final long HEDGE_NANOS = Duration.ofMillis(150).toNanos();

    private final List<URI> endpoints;
    private final EtcdSettings.@Nullable Login login;
    private final EtcdHttp http;
    private volatile int preferred;
    private volatile @Nullable String token;
    private volatile boolean closed;

    EtcdClient(EtcdSettings settings, EtcdHttp http) {
        this.endpoints = settings.endpoints();
        this.login = settings.login();
        this.http = http;
    }

    /** For requests that change nothing: asks one endpoint after the other until one answers. */
    EtcdReply ask(String path, JsonObject body, Deadline deadline) {
        return loggedIn(deadline, current -> askAny(path, body, current, deadline));
    }

    /** For requests that change something: goes on to another endpoint only while none can have seen it. */
    EtcdReply tell(String path, JsonObject body, Deadline deadline) {
        return loggedIn(deadline, current -> tellOne(path, body, current, deadline));
    }

    /** Opens a stream of lines at the preferred endpoint; the result ends it. */
    Runnable stream(String path, JsonObject body, Flow.Subscriber<String> lines, Deadline deadline) {
        EtcdReply denied = login == null || token != null ? null : logIn(login, deadline);
        if (denied != null) {
            lines.onError(new UnreadableException(reason(denied)));
            return () -> {};
        }
        return http.stream(endpoints.get(preferred), path, body, token, lines);
    }

    /** The next stream begins at another endpoint, with a new token. */
    void avoidPreferred() {
        token = null;
        avoid(preferred);
    }

    @Override
    public void close() {
        closed = true;
        http.close();
    }

    static String reason(EtcdReply reply) {
        return switch (reply) {
            case Done done -> "";
            case Denied denied -> denied.reason();
            case NotSent notSent -> notSent.reason();
            case Lost lost -> lost.reason();
        };
    }

    private EtcdReply loggedIn(Deadline deadline, Function<@Nullable String, EtcdReply> send) {
        if (closed) {
            return new NotSent("the store is closed");
        }
        EtcdSettings.Login user = login;
        if (user == null) {
            return send.apply(null);
        }
        String current = token;
        if (current != null) {
            EtcdReply reply = send.apply(current);
            if (!(reply instanceof Denied denied && denied.login())) {
                return reply;
            }
            token = null;
        }
        EtcdReply denied = logIn(user, deadline);
        return denied != null ? denied : send.apply(token);
    }

    /** Null when it worked; else why nothing can be asked. */
    private @Nullable EtcdReply logIn(EtcdSettings.Login user, Deadline deadline) {
        JsonObject body = new JsonObject();
        body.addProperty("name", user.user());
        body.addProperty("password", user.password());
        EtcdReply reply = askAny("/v3/auth/authenticate", body, null, deadline);
        return switch (reply) {
            case Done done -> {
                try {
                    token = done.body().text("token");
                    yield null;
                } catch (UnreadableException e) {
                    yield new NotSent("login: " + e.reason());
                }
            }
            case Denied denied ->
                denied.reason().contains("authentication is not enabled")
                        ? null
                        : new Denied("login as " + user.user() + ": " + denied.reason(), false);
            case NotSent notSent -> notSent;
            case Lost lost -> new NotSent("login: " + lost.reason());
        };
    }

    private EtcdReply askAny(String path, JsonObject body, @Nullable String current, Deadline deadline) {
        BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(endpoints.size());
        List<EtcdHttp.Call> calls = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        int first = preferred;
        try {
            for (int i = 0; failures.size() < endpoints.size(); i++) {
                boolean more = i < endpoints.size();
                if (more) {
                    int endpoint = (first + i) % endpoints.size();
                    calls.add(http.post(endpoints.get(endpoint), path, body, current)
                            .whenReplied(reply -> answers.offer(new Answer(endpoint, reply))));
                }
                long left = deadline.leftNanos();
                Answer answer = answers.poll(more ? Math.min(HEDGE_NANOS, left) : left, TimeUnit.NANOSECONDS);
                if (answer != null && (answer.reply() instanceof Done || answer.reply() instanceof Denied)) {
                    preferred = answer.endpoint();
                    return answer.reply();
                }
                if (answer != null) {
                    failures.add(reason(answer.reply()));
                } else if (deadline.passed()) {
                    failures.add("no answer in time");
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add("interrupted");
        } finally {
            calls.forEach(call -> call.cancel().run());
        }
        avoid(first);
        return new Lost(String.join("; ", failures));
    }

    private EtcdReply tellOne(String path, JsonObject body, @Nullable String current, Deadline deadline) {
        List<String> failures = new ArrayList<>();
        int first = preferred;
        for (int i = 0; i < endpoints.size() && !deadline.passed(); i++) {
            int endpoint = (first + i) % endpoints.size();
            EtcdHttp.Call call = http.post(endpoints.get(endpoint), path, body, current);
            EtcdReply reply = deadline.await(call.reply());
            if (reply == null) {
                call.cancel().run();
                avoid(endpoint);
                return new Lost(endpoints.get(endpoint) + ": no answer in time");
            }
            if (reply instanceof NotSent notSent) {
                failures.add(notSent.reason());
                avoid(endpoint);
            } else {
                if (reply instanceof Lost) {
                    avoid(endpoint);
                } else {
                    preferred = endpoint;
                }
                return reply;
            }
        }
        return new NotSent(failures.isEmpty() ? "no time left" : String.join("; ", failures));
    }

    private void avoid(int endpoint) {
        if (preferred == endpoint) {
            preferred = (endpoint + 1) % endpoints.size();
        }
    }

    private record Answer(int endpoint, EtcdReply reply) {}
}
