package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.ServerAction;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One action at a time, in order, on one thread. A kill goes first: it interrupts the one that runs and ends all
 * that wait.
 */
final class Turns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final int MAX_WAITING = 32;

    private final Worker worker;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private final Thread thread;
    private @Nullable Turn current;
    private boolean closed;

    /**
     * An action to be carried out.
     *
     * @param asOf see {@link Site#withdrawals}
     */
    record Turn(long id, ServerAction action, long asOf) {}

    /** Does the work; throws nothing. */
    interface Worker {
        /** Interrupted when it is to end early; it has then ended as failed. */
        void work(Turn turn);

        /** Ends a turn that is not taken. */
        void skip(Turn turn, String reason);
    }

    Turns(Worker worker) {
        this.worker = worker;
        this.thread = Thread.ofPlatform().name("server-actions").daemon().start(this::run);
    }

    synchronized void add(Turn turn) {
        boolean kill = turn.action() instanceof ServerAction.Kill;
        if (kill) {
            waiting.forEach(skipped -> worker.skip(skipped, "a kill came first"));
            waiting.clear();
            if (current != null && !(current.action() instanceof ServerAction.Kill)) {
                thread.interrupt();
            }
        }
        if (closed || waiting.size() >= MAX_WAITING) {
            worker.skip(turn, closed ? "the agent ends" : "too many actions wait");
            return;
        }
        waiting.add(turn);
        notifyAll();
    }

    private void run() {
        Turn turn = next();
        while (turn != null) {
            worker.work(turn);
            turn = next();
        }
    }

    private synchronized @Nullable Turn next() {
        current = null;
        // An interrupt that came too late for the turn that has just ended is not meant for the next one.
        if (Thread.interrupted()) {
            LOG.debug("an interrupt came late");
        }
        while (waiting.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        current = closed ? null : waiting.remove();
        return current;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            waiting.clear();
            notifyAll();
        }
        thread.interrupt();
    }
}
