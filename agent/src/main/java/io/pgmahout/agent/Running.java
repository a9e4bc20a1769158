package io.pgmahout.agent;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.agent.admin.AdminServer;
import io.pgmahout.agent.admin.Operations;
import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Step;
import io.pgmahout.agent.ha.Verdict;
import io.pgmahout.agent.kubernetes.Refusal;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.observe.EventLog;
import io.pgmahout.agent.observe.History;
import io.pgmahout.agent.observe.HistoryEntry;
import io.pgmahout.agent.observe.Logging;
import io.pgmahout.agent.observe.Outages;
import io.pgmahout.agent.postgres.LocalServer;
import io.pgmahout.agent.routing.CallbackRouter;
import io.pgmahout.agent.routing.Router;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Reload;
import io.pgmahout.config.Settings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent as people and the outside see it: what it logs, what it answers, when it ends. */
final class Running implements Loop.Observer, Effects.Outside, Operations {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);

    private static final int HISTORY = 500;

    /** A step that takes longer than this is an event. */
    private static final long SLOW_NANOS = 50_000_000;

    private static final int FAILED = 1;

    /** An agent that was told for so long of nobody else with its name is the one that has it. */
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final String WATCH = "the watch of the record";

    private final SettingsSource source;
    private final EventLog events;
    private final Outages outages = new Outages(this::log, System::nanoTime);
    private final History history;
    private final ThreadPoolExecutor historyWriter;
    private final List<Router> routers = new CopyOnWriteArrayList<>();
    private final Commands commands = new Commands();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final Object reloading = new Object();
    private final Thread shutdown;
    private final long startedNanos = System.nanoTime();
    private volatile long lastStepNanos = System.nanoTime();
    private volatile @Nullable String whyEnded;
    private volatile Loaded.Valid inEffect;
    private volatile @Nullable Loop loop;
    private volatile @Nullable LocalServer server;

    Running(Loaded.Valid loaded, SettingsSource source) {
        Settings settings = loaded.settings();
        this.inEffect = loaded;
        this.source = source;
        events = new EventLog(this::standing);
        historyWriter = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(64),
                Thread.ofPlatform().name("history").daemon().factory(),
                new ThreadPoolExecutor.DiscardOldestPolicy());
        history = History.open(
                settings.member().stateDirectory().resolve("history.jsonl"),
                HISTORY,
                InstantSource.system(),
                historyWriter);
        routes(new CallbackRouter(
                this::callback,
                settings.cluster(),
                new MemberName(settings.member().name()),
                this::log));
        shutdown = Thread.ofPlatform().name("end").unstarted(this::closeAll);
    }

    void loop(Loop running) {
        loop = running;
    }

    void server(LocalServer running) {
        server = running;
        closes(running);
    }

    synchronized void closes(AutoCloseable part) {
        closing.push(part);
    }

    /** From now on this one leads clients too. */
    void routes(Router router) {
        routers.add(router);
        closes(router);
    }

    Settings settings() {
        return inEffect.settings();
    }

    /** Opens the admin port; throws if it cannot listen there. */
    void openAdmin(AdminOptions options) throws IOException {
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
        closes(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS));
        closes(AdminServer.start(group, options, this));
    }

    private EventLog.Standing standing() {
        Loop running = loop;
        if (running == null) {
            return EventLog.Standing.UNKNOWN;
        }
        AgentState state = running.state();
        return new EventLog.Standing(
                Core.term(state),
                state.server() == null ? null : state.server().timeline(),
                state.verdicts().stream()
                        .filter(verdict -> verdict.question() == Verdict.Question.SERVER)
                        .findFirst()
                        .map(Verdict::label)
                        .orElse(null));
    }

    void log(EventCode code, Map<String, String> fields) {
        events.log(code, fields);
    }

    @Override
    public void log(Notice notice) {
        events.log(notice);
    }

    /**
     * What matters of the store's absence the core tells, once, by the reads and writes it needs. That it may be read and
     * not watched nobody else would tell of.
     */
    void watchLost(String why) {
        LOG.debug("the watch of the record ended: {}", why);
        if (why.isEmpty()) {
            outages.works(EventCode.STORE_WATCH_REFUSED, WATCH);
        } else if (why.contains(Refusal.GRANT + "\"watch\"")) {
            outages.failed(EventCode.STORE_WATCH_REFUSED, WATCH, Map.of("detail", why));
        }
    }

    private Optional<CallbackRouter.Callback> callback() {
        return settings().callback().map(one -> new CallbackRouter.Callback(one.command(), one.timeout()));
    }

    // The loop

    @Override
    public void stepped(Event event, Step step, Now now, long tookNanos) {
        lastStepNanos = System.nanoTime();
        history.stepped(event, step, now);
        if (tookNanos > SLOW_NANOS) {
            events.log(
                    EventCode.LOOP_SLOW,
                    Map.of(
                            "tookMs", Long.toString(tookNanos / 1_000_000),
                            "step", event.getClass().getSimpleName()));
        }
    }

    @Override
    public void broken(String why, @Nullable Throwable cause) {
        if (cause != null) {
            LOG.error("the control loop is broken", cause);
        }
        LocalServer local = server;
        if (local != null) {
            local.dropPermit();
        }
        events.log(EventCode.INVARIANT_BROKEN, Map.of("detail", why));
        end(FAILED);
    }

    // Effects on the outside

    @Override
    public void route(Effect.Route route) {
        routers.forEach(router -> router.route(route.role(), route.term(), route.promoting()));
    }

    @Override
    public void log(Effect.Log log) {
        events.log(log.notice());
    }

    @Override
    public void progress(Effect.Progress progress) {
        commands.progress(progress);
    }

    @Override
    public void answer(Effect.Answer answer) {
        commands.answer(answer);
    }

    @Override
    public void exit(String reason) {
        events.log(EventCode.AGENT_STOPPING, Map.of("reason", reason));
        end(0);
    }

    // The admin port

    @Override
    public @Nullable Seen seen() {
        Loop running = loop;
        return running == null ? null : new Seen(Core.insight(running.state(), running.now()), 0);
    }

    @Override
    public long loopSilentMs() {
        return (System.nanoTime() - lastStepNanos) / 1_000_000;
    }

    @Override
    public CompletionStage<Answer> submit(Command command, Consumer<String> progress) {
        Loop running = loop;
        if (running == null) {
            return CompletableFuture.completedStage(new Answer(Outcome.REFUSED, "the agent is starting"));
        }
        CompletableFuture<Effect.Answer> answer = commands.expect(command.id(), progress);
        running.tell(new Event.Commanded(command));
        return answer.thenApply(one -> new Answer(one.outcome(), one.text()));
    }

    @Override
    public CompletionStage<Reloaded> reload() {
        return CompletableFuture.supplyAsync(this::readAgain);
    }

    @Override
    public List<ConfigRow> configuration() {
        return AdminSettled.rows(inEffect);
    }

    @Override
    public List<HistoryEntry> history() {
        return history.entries();
    }

    /** One at a time: what was read last is what stays. */
    Reloaded readAgain() {
        synchronized (reloading) {
            return readAndApply();
        }
    }

    private Reloaded readAndApply() {
        return switch (source.load()) {
            case Loaded.Invalid invalid ->
                new Reloaded(
                        List.of(),
                        List.of(),
                        invalid.problems().stream().map(Object::toString).toList());
            case Loaded.Valid valid -> apply(valid);
        };
    }

    private Reloaded apply(Loaded.Valid valid) {
        Reload change = Reload.compare(inEffect.settings(), valid.settings());
        Settings before = inEffect.settings();
        inEffect = Reloading.effective(inEffect, valid);
        Settings settings = inEffect.settings();
        if (before.log().level() != settings.log().level()) {
            Logging.level(settings.log().level().name());
        }
        Loop running = loop;
        if (running != null) {
            running.tell(new Event.Reconfigured(
                    settings.member().priority(), settings.member().nofailover(), Settled.tuning(settings)));
        }
        LocalServer local = server;
        if (local != null) {
            local.reconfigure(Settled.postgres(settings));
        }
        events.log(
                EventCode.CONFIGURATION_RELOADED,
                Map.of(
                        "applied",
                        change.applied().toString(),
                        "waiting",
                        change.needRestart().toString()));
        return new Reloaded(change.applied(), change.needRestart(), List.of());
    }

    // The end

    void fatal(String why) {
        events.log(EventCode.AGENT_REFUSED, Map.of("reason", why));
        whyEnded = why;
        end(FAILED);
    }

    /** Why this agent may not go on; null while it may. */
    @Nullable
    String whyEnded() {
        return whyEnded;
    }

    /** Of two agents with one name the younger ends; whoever has long been there is not thrown out by a newcomer. */
    void nameTaken(String detail) {
        if (System.nanoTime() - startedNanos < YOUNG_NANOS) {
            fatal("the name of member " + settings().member().name() + " is in use: " + detail);
        }
    }

    void retire(long limitMs) {
        Loop running = loop;
        if (running == null || ended.isDone()) {
            return;
        }
        try {
            submit(new Command.Retire(UUID.randomUUID().toString()), text -> {})
                    .toCompletableFuture()
                    .get(limitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notInTime) {
            events.log(EventCode.AGENT_STOPPING, Map.of("reason", "told to; store or gate did not answer in time"));
        }
        end(0);
    }

    private void end(int code) {
        if (ended.complete(code)) {
            shutdown.start();
        }
    }

    int await() throws InterruptedException {
        try {
            int code = ended.get();
            shutdown.join(TimeUnit.SECONDS.toMillis(5));
            return code;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void closeAll() {
        Loop running = loop;
        if (running != null) {
            running.stop();
        }
        List<AutoCloseable> parts;
        synchronized (this) {
            parts = List.copyOf(closing);
        }
        for (AutoCloseable part : parts) {
            close(part);
        }
        historyWriter.shutdown();
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("a part of the agent did not close", e);
        }
    }
}
