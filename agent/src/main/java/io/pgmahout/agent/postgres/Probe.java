package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server how it is, twice a second and whenever told to, on a thread of its own; less often while nothing is
 * written, more often while it is not yet as it should be. A frozen server is not asked.
 */
final class Probe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
    private static final long PERIOD_MS = 500;
    private static final long QUIET_MS = 1_000;
    private static final long UNSETTLED_MS = 250;
    private static final long STARTING_MS = 20;
    private static final long STARTING_FOR_NS = TimeUnit.SECONDS.toNanos(10);

    private final Supplier<PostgresSettings> settings;
    private final GateClient gate;
    private final SourceCheck sourceCheck;
    private final TakenWal taken;
    private final Consumer<Event> events;
    private final Thread thread;
    private @Nullable ServerSession session;
    private @Nullable Source following;
    private @Nullable ServerFacts last;
    private long launch;
    private long launchSeenNs;
    private long readings;
    private volatile long failureToldNs;
    private boolean kicked;
    private boolean closed;

    Probe(
            Supplier<PostgresSettings> settings,
            GateClient gate,
            SourceCheck sourceCheck,
            TakenWal taken,
            Consumer<Event> events) {
        this.settings = settings;
        this.gate = gate;
        this.sourceCheck = sourceCheck;
        this.taken = taken;
        this.events = events;
        this.failureToldNs = System.nanoTime() - STARTING_FOR_NS;
        this.thread = Thread.ofPlatform().name("server-probe").daemon().start(this::run);
    }

    synchronized void now() {
        kicked = true;
        notifyAll();
    }

    synchronized void follows(@Nullable Source source) {
        following = source;
        sourceCheck.reset();
    }

    /** The last answer, of whatever launch; null before the first. */
    synchronized @Nullable ServerFacts last() {
        return last;
    }

    /** What is being read now may be older than what its reader told since: it is dropped and read again. */
    synchronized void outdated() {
        readings++;
        now();
    }

    /** After the data directory got another content. */
    synchronized void forget() {
        last = null;
    }

    synchronized @Nullable Timeline toldTimeline() {
        return last == null ? null : last.timeline();
    }

    synchronized @Nullable Lsn toldFlushed() {
        return last == null ? null : last.flushed();
    }

    /** The open session, for short statements. */
    synchronized ServerSession session() throws ActionFailed {
        if (session == null) {
            throw ActionFailed.failed("the server does not answer");
        }
        return session;
    }

    /** Waits until the given launch, or a later one, has answered; gives up when the gate says that it ended. */
    synchronized ServerFacts awaitAnswer(long wanted, long limitMs) throws ActionFailed, InterruptedException {
        long end = System.nanoTime() + limitMs * 1_000_000;
        while (true) {
            ServerFacts answer = last;
            if (answer != null && session != null && answer.launch() >= wanted) {
                return answer;
            }
            GateState state = gate.state();
            if (state != null && state.launch() >= wanted && state.gone()) {
                throw ActionFailed.failed("the server ended while it started: " + state.exit() + "; see its log");
            }
            if (System.nanoTime() > end) {
                throw ActionFailed.failed("the server did not accept connections within " + limitMs + " ms");
            }
            wait(50);
        }
    }

    private void run() {
        while (true) {
            try {
                long pause = turn();
                synchronized (this) {
                    if (!closed && !kicked && pause > 0) {
                        wait(pause);
                    }
                    if (closed) {
                        return;
                    }
                    kicked = false;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private long turn() {
        GateState state = gate.state();
        if (state == null || state.gone()) {
            drop();
            return UNSETTLED_MS;
        }
        if (state.process() == GateFacts.Processes.FROZEN) {
            return UNSETTLED_MS;
        }
        if (state.launch() != launch) {
            drop();
            launch = state.launch();
            launchSeenNs = System.nanoTime();
        }
        try {
            ServerFacts before = last();
            ServerFacts facts = answered(state.launch());
            if (facts.recovering() && !facts.streaming()) {
                return UNSETTLED_MS;
            }
            return before != null && Objects.equals(before.flushed(), facts.flushed()) ? QUIET_MS : PERIOD_MS;
        } catch (SQLException | IOException e) {
            LOG.trace("a probe failed", e);
            drop();
            boolean starting = !heardOf(launch) && System.nanoTime() - launchSeenNs < STARTING_FOR_NS;
            if (!starting || System.nanoTime() - failureToldNs > UNSETTLED_MS * 1_000_000) {
                failed(launch, String.valueOf(e.getMessage()));
            }
            return starting ? startingPause() : UNSETTLED_MS;
        }
    }

    private ServerFacts answered(long of) throws SQLException, IOException {
        ServerSession open;
        Source source;
        long reading;
        synchronized (this) {
            open = session;
            source = following;
            reading = readings;
        }
        if (open == null) {
            open = new ServerSession(settings.get(), of, reason -> lost(of, reason));
            synchronized (this) {
                session = open;
            }
        }
        long askedMs = Uptime.centiseconds() * 10;
        boolean takes = taken.pending();
        Reading read = open.read();
        String problem = sourceCheck.problem(source, read, open.timeline(read));
        ServerFacts facts = open.facts(read, source, problem);
        if (takes || taken.pending()) {
            facts = facts.withoutPosition();
        }
        synchronized (this) {
            if (reading == readings) {
                last = facts;
                notifyAll();
                events.accept(new Event.Probed(facts, askedMs));
            }
        }
        return facts;
    }

    /** A fifth of the time that has passed, since each question leaves a line in the server's log. */
    private long startingPause() {
        return Math.clamp((System.nanoTime() - launchSeenNs) / 5_000_000, STARTING_MS, UNSETTLED_MS);
    }

    private synchronized boolean heardOf(long of) {
        return last != null && last.launch() == of;
    }

    private void lost(long of, String reason) {
        synchronized (this) {
            // A new one may have taken its place.
            if (session != null && session.isOver()) {
                session = null;
            }
            notifyAll();
        }
        failed(of, reason);
    }

    private void failed(long of, String reason) {
        failureToldNs = System.nanoTime();
        events.accept(new Event.ProbeFailed(of, reason));
    }

    private synchronized void drop() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        drop();
        thread.interrupt();
    }
}
