package io.pgmahout.agent.calls;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One call that another thread carries out, so that what hangs there cannot hold the caller. Either the worker
 * commits, and from then on the call may take effect, or the caller abandons it, and it never will.
 */
public final class Attempt<T> {

    private enum State {
        OPEN,
        COMMITTED,
        ABANDONED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final CompletableFuture<T> result = new CompletableFuture<>();

    public CompletableFuture<T> result() {
        return result;
    }

    /** The worker is about to do what cannot be taken back; false: the caller is gone, do not. */
    public boolean commit() {
        return state.compareAndSet(State.OPEN, State.COMMITTED);
    }

    /** Whether the caller is gone and nothing was committed: no use to go on. */
    public boolean abandoned() {
        return state.get() == State.ABANDONED;
    }

    /** Gives the call up; false: too late, it may take effect. */
    public boolean abandon() {
        return state.compareAndSet(State.OPEN, State.ABANDONED);
    }
}
