package io.pgmahout.agent.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.observe.HistoryEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every operation of the admin port, and the way from a request to its answer. One network thread. */
final class Routes {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Operations operations;
    private final Commands commands;
    private final Guard guard;
    private final Pace pace;
    private final Views views;
    private final LongSupplier nanoTime;
    private final List<Route> routes = new ArrayList<>();
    private long complainedNanos;
    private long crowdedNanos;

    Routes(AdminOptions options, Operations operations, Commands commands, LagClock lag, LongSupplier nanoTime) {
        this.operations = operations;
        this.commands = commands;
        this.guard = new Guard(options.token());
        this.pace = new Pace(options.limits().postsPerSecond(), nanoTime);
        this.views = new Views(lag);
        this.nanoTime = nanoTime;
        this.complainedNanos = nanoTime.getAsLong() - COMPLAINT_NANOS;
        this.crowdedNanos = complainedNanos;
        for (String path : List.of("/", "/primary", "/master", "/read-write")) {
            check(path, Health::primary);
        }
        check("/replica", Health::replica);
        check("/read-only", Health::readOnly);
        check("/health", Health::health);
        check("/liveness", (request, standing) -> Health.liveness(request, standing, operations.loopSilentMs()));
        check("/readiness", Health::readiness);
        get("/status", this::status);
        get("/members", this::members);
        routes.add(new Route("GET", "/explain", false, this::explain));
        get("/history", this::history);
        get("/config", this::config);
        routes.add(new Route("GET", "/openapi.yaml", true, Routes::description));
        routes.add(new Route("GET", "/actions/{id}", false, commands::action));
        post("/switchover", commands::switchover);
        post("/failover", commands::failover);
        post("/pause", commands::pause);
        post("/resume", commands::resume);
        post("/restart", commands::restart);
        post("/reinit", commands::reinit);
        post("/reload", commands::reload);
        post("/retire", commands::retire);
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    /** Never fails: what goes wrong is a problem in the reply. */
    CompletionStage<Reply> answer(Request request) {
        try {
            return route(request).exceptionally(Routes::broken);
        } catch (RefusedException refused) {
            complain(request, refused.problem());
            return CompletableFuture.completedFuture(Reply.of(refused.problem()));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(broken(e));
        }
    }

    private CompletionStage<Reply> route(Request request) {
        NavigableSet<String> allowed = new TreeSet<>();
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        for (Route route : routes) {
            if (route.matches(request.path())) {
                if (route.method().equals(method)) {
                    return serve(route, request);
                }
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            throw new RefusedException(Problem.notFound("There is nothing at " + request.path() + "."));
        }
        allowed.add("OPTIONS");
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        String allow = String.join(", ", allowed);
        if (method.equals("OPTIONS")) {
            return CompletableFuture.completedFuture(Reply.empty(204).with("Allow", allow));
        }
        throw new RefusedException(Problem.method(request.method(), allow));
    }

    private CompletionStage<Reply> serve(Route route, Request request) {
        if (!route.open()) {
            guard.check(request);
        }
        if (route.method().equals("POST")) {
            request.onlyParameters(Set.of());
            if (!pace.admits()) {
                throw new RefusedException(Problem.tooMany("Too many commands in a short time."));
            }
        }
        return route.answer().apply(request);
    }

    private Reply status(Request request) {
        request.onlyParameters(Set.of());
        return Reply.json(200, views.status(commands.standing(), nowMs(), operations.history()));
    }

    private Reply members(Request request) {
        request.onlyParameters(Set.of());
        return Reply.json(200, views.members(commands.standing(), nowMs()));
    }

    private CompletionStage<Reply> explain(Request request) {
        request.onlyParameters(Set.of("member"));
        Standing standing = commands.standing();
        String name = request.query().getOrDefault("member", standing.self().value());
        if (name.isBlank()) {
            throw new RefusedException(Problem.malformed("The parameter member is empty."));
        }
        MemberName member = Objects.requireNonNull(commands.known(new MemberName(name)));
        return commands.at(member, request, () -> done(Reply.json(200, views.explain(standing))));
    }

    private Reply history(Request request) {
        request.onlyParameters(Set.of());
        JsonArray array = new JsonArray();
        operations.history().stream().map(HistoryEntry::toJson).forEach(array::add);
        return Reply.json(200, array);
    }

    private Reply config(Request request) {
        request.onlyParameters(Set.of());
        JsonArray array = new JsonArray();
        for (Operations.ConfigRow row : operations.configuration()) {
            JsonObject one = new JsonObject();
            one.addProperty("key", row.key());
            one.addProperty("value", row.value());
            one.addProperty("origin", row.origin());
            array.add(one);
        }
        return Reply.json(200, array);
    }

    private static CompletionStage<Reply> description(Request request) {
        request.onlyParameters(Set.of());
        try (InputStream in = Routes.class.getResourceAsStream("/openapi.yaml")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return done(new Reply(200, "application/yaml", text, Map.of()));
        } catch (IOException fromOwnJar) {
            throw new UncheckedIOException(fromOwnJar);
        }
    }

    private void check(String path, BiFunction<Request, @Nullable Standing, Reply> check) {
        for (String method : List.of("GET", "OPTIONS")) {
            routes.add(new Route(method, path, true, request -> {
                Operations.Seen seen = operations.seen();
                return done(check.apply(request, seen == null ? null : Standing.of(seen)));
            }));
        }
    }

    private void get(String path, Function<Request, Reply> answer) {
        routes.add(new Route("GET", path, false, request -> done(answer.apply(request))));
    }

    private void post(String path, Function<Request, CompletionStage<Reply>> answer) {
        routes.add(new Route("POST", path, false, answer));
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private static Reply broken(Throwable failure) {
        LOG.error("a request failed", failure);
        return Reply.of(Problem.internal("See the agent's log."));
    }

    private void complain(Request request, Problem problem) {
        if (problem.status() != 401 && problem.status() != 403) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (now - complainedNanos >= COMPLAINT_NANOS) {
            complainedNanos = now;
            operations.log(new Notice(
                    EventCode.REQUEST_REFUSED,
                    Map.of(
                            EventCode.Field.ADDRESS.key(),
                                    request.from().getAddress().getHostAddress(),
                            EventCode.Field.REASON.key(), problem.detail())));
        }
    }

    /** Tells, once a minute, that there are too many connections. */
    void crowded(String address, long closed) {
        long now = nanoTime.getAsLong();
        if (now - crowdedNanos >= COMPLAINT_NANOS) {
            crowdedNanos = now;
            operations.log(new Notice(
                    EventCode.PORT_CROWDED,
                    Map.of(
                            EventCode.Field.ADDRESS.key(),
                            address,
                            EventCode.Field.DETAIL.key(),
                            "admin port, " + closed + " closed since the start")));
        }
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }
}
