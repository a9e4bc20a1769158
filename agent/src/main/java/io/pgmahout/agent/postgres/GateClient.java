package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.observe.Outages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of docs/gate.md: waits for a gate in the run directory, holds the agent lock beside it, sends
 * commands and permits, and reports every change of the gate's state, from a thread of its own. A gate that is not
 * there yet, or comes again, is picked up as it comes.
 */
final class GateClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GateClient.class);
    private static final long POLL_MS = 1_000;
    /** Without a watch the gate's confirmations are seen by looking only, and a write waits half a second for them. */
    private static final long POLL_UNWATCHED_MS = 100;

    private static final long PING_MS = 1000;
    private static final long SEND_LIMIT_MS = 1000;
    private static final int CLOCK_TRIES = 5;

    private final Path run;
    private final Consumer<Event> events;
    private final Consumer<String> fatal;
    private final long session = Uptime.centiseconds();
    private final CommandPipe pipe;
    private final GateHearing hearing;
    private final GateJobs jobs;
    private final Thread watcher;
    private @Nullable WatchService watch;
    private boolean unwatchedTold;
    private @Nullable FileChannel lock;
    private @Nullable GateState state;
    private @Nullable GateState told;
    private @Nullable Incarnation greeted;
    private boolean clocksAgree;
    private int clockTries;
    private volatile boolean closed;

    /**
     * Does not look for the gate before {@link #start}.
     *
     * @param outages is told when the gate does not answer, and when it does again
     * @param fatal told at most once why no agent may go on here: another agent holds this gate, or the clocks differ
     */
    GateClient(Path run, Consumer<Event> events, Outages outages, Consumer<String> fatal) {
        this.run = run;
        this.hearing = new GateHearing(run, outages);
        this.events = events;
        this.fatal = fatal;
        this.pipe = new CommandPipe(run.resolve("command"), session);
        this.jobs = new GateJobs(run, session, new GateJobs.Gate() {
            @Override
            public void command(String verb, String... words) throws ActionFailed, InterruptedException {
                GateClient.this.command(verb, words);
            }

            @Override
            public void post(String verb, String... words) {
                GateClient.this.post(verb, words);
            }
        });
        this.watcher = Thread.ofPlatform().name("gate-state").daemon().unstarted(this::watch);
    }

    /** Begins to look for the gate; once. What is told of it comes from another thread at once. */
    void start() {
        watcher.start();
    }

    Path run() {
        return run;
    }

    /** Null while no gate has been seen. */
    synchronized @Nullable GateState state() {
        return state;
    }

    void permit(long deadlineMs, @Nullable Timeline timeline, long coreSeq, boolean confirm) {
        pipe.permit(Math.max(0, deadlineMs / 10), timeline, coreSeq, confirm);
    }

    /** Sends and forgets. */
    void post(String verb, String... words) {
        pipe.post(verb, words);
    }

    /** Sends a command and returns its number once it is written. */
    long send(String verb, String... words) throws ActionFailed, InterruptedException {
        if (state() == null) {
            throw ActionFailed.failed("no gate in " + run);
        }
        CompletableFuture<Long> written = pipe.send(verb, words);
        try {
            return written.get(SEND_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ActionFailed.failed("the gate could not be told to " + verb + ": " + e.getCause());
        } catch (TimeoutException e) {
            // Not to be done later, when nobody expects it any more.
            written.cancel(false);
            throw ActionFailed.failed("the gate does not read its commands");
        }
    }

    /** As {@link #send}, and waits until the gate took or refused it. */
    GateState command(String verb, String... words) throws ActionFailed, InterruptedException {
        long seq = send(verb, words);
        GateState taken = await(s -> s.session() > session || s.seq() >= seq, 5_000, "take " + verb);
        if (taken.session() != session) {
            throw ActionFailed.failed("a newer agent commands the gate");
        }
        if (taken.refusedSeq() == seq) {
            throw ActionFailed.refused("the gate refused to " + verb + ": " + taken.refusal());
        }
        return taken;
    }

    /** Waits until the gate's state is as wanted and was told as an event, which so comes before what the caller tells. */
    synchronized GateState await(Predicate<GateState> wanted, long limitMs, String what)
            throws ActionFailed, InterruptedException {
        long end = System.nanoTime() + limitMs * 1_000_000;
        while (true) {
            GateState now = told;
            if (now != null && wanted.test(now)) {
                return now;
            }
            long leftMs = (end - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw ActionFailed.failed("the gate did not " + what + " within " + limitMs + " ms");
            }
            wait(leftMs);
        }
    }

    GateJobs jobs() {
        return jobs;
    }

    private void watch() {
        long pinged = System.nanoTime() - PING_MS * 1_000_000;
        while (!closed) {
            try {
                if (lock == null && !attach()) {
                    hearing.noGate(System.nanoTime());
                    pause();
                    continue;
                }
                if (System.nanoTime() - pinged >= PING_MS * 1_000_000) {
                    pinged = System.nanoTime();
                    post("ping");
                }
                look();
                if (hearing.due(System.nanoTime(), this::hasTaken)) {
                    hearing.asked(pipe.send("confirm"));
                }
                pause();
            } catch (IOException e) {
                LOG.debug("the gate's files", e);
                pause();
            }
        }
    }

    /** Whether the gate has taken the command of this number, as far as was read. */
    private boolean hasTaken(long seq) {
        GateState now = state();
        return now != null && now.session() == session && now.seq() >= seq;
    }

    /** Until something changes in the run directory, or the next look is due. */
    private void pause() {
        try {
            if (watch == null && lock != null) {
                watchRun();
            }
            WatchService service = watch;
            if (service == null) {
                LockSupport.parkNanos(POLL_UNWATCHED_MS * 1_000_000);
                return;
            }
            WatchKey key = service.poll(POLL_MS, TimeUnit.MILLISECONDS);
            if (key != null) {
                key.pollEvents();
                if (!key.reset()) {
                    closeWatch();
                }
            }
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }

    private boolean attach() throws IOException {
        if (!Files.exists(run.resolve("command"))) {
            return false;
        }
        FileChannel file = FileChannel.open(
                run.resolve("agent.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        boolean mine = false;
        try {
            mine = file.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            LOG.debug("another agent in this process: {}", e.toString());
        }
        if (!mine) {
            String owner = pidIn(file);
            file.close();
            end("another agent" + (owner.isEmpty() ? "" : ", pid " + owner + ",") + " runs beside the gate in " + run
                    + ": a second one must not");
            return false;
        }
        file.truncate(0);
        file.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
        lock = file;
        watchRun();
        return true;
    }

    private void watchRun() {
        try {
            closeWatch();
            watch = run.getFileSystem().newWatchService();
            run.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            unwatchedTold = false;
        } catch (IOException e) {
            closeWatch();
            if (!unwatchedTold) {
                unwatchedTold = true;
                LOG.warn("{} cannot be watched, and is read every {} ms instead", run, POLL_UNWATCHED_MS, e);
            }
        }
    }

    private void closeWatch() {
        WatchService old = watch;
        watch = null;
        try {
            if (old != null) {
                old.close();
            }
        } catch (IOException e) {
            LOG.debug("closing the watch", e);
        }
    }

    /** What the owner of the lock wrote into it; empty when it has not yet. */
    private static String pidIn(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        file.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    }

    private void look() throws IOException {
        GateState seen = GateState.parse(GateText.read(run.resolve("state")));
        jobs.seen(GateText.read(run.resolve("job")));
        GateState before = state();
        if (seen == null || seen.equals(before)) {
            return;
        }
        if (!seen.incarnation().equals(greeted)) {
            if (greeted != null) {
                pipe.reopen();
            }
            greeted = seen.incarnation();
            post("hello");
            post("confirm");
        }
        if (!clocksAgree && !checkClock(seen)) {
            return;
        }
        synchronized (this) {
            state = seen;
        }
        events.accept(new Event.GateReported(
                seen.facts(seen.session() == session ? pipe.coreSeq(seen.seq(), seen.permit()) : 0)));
        synchronized (this) {
            told = seen;
            notifyAll();
        }
    }

    /** The gate has just written its uptime in answer to this session; ours must be the same clock. */
    private boolean checkClock(GateState seen) {
        if (seen.session() < session) {
            return false;
        }
        long ahead = Uptime.centiseconds() - seen.uptime();
        clocksAgree = ahead >= -1 && ahead <= 100;
        if (!clocksAgree && ++clockTries >= CLOCK_TRIES) {
            end("the gate's uptime differs from this agent's by " + ahead * 10
                    + " ms: they must see the same /proc/uptime");
        } else if (!clocksAgree) {
            post("confirm");
        }
        return clocksAgree;
    }

    private void end(String reason) {
        closed = true;
        fatal.accept(reason);
    }

    /** Leaves gate and permit as they are. */
    @Override
    public void close() {
        closed = true;
        pipe.close();
        watcher.interrupt();
        try {
            watcher.join(2_000);
            closeWatch();
            if (lock != null) {
                lock.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("closing the gate's client", e);
        }
    }
}
