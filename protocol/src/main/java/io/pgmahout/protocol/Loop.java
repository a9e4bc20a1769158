package io.pgmahout.protocol;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The event loop thread for tasks of our own: what one throws is a crash, what comes after the end is not run. */
final class Loop {
    private final EventLoop loop;

    Loop(EventLoop loop) {
        this.loop = loop;
    }

    /** Runs a task soon. Returns false when the loop has ended. */
    boolean run(Runnable task) {
        try {
            loop.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs a task after a wait, unless the loop ends before. */
    @SuppressWarnings("FutureReturnValueIgnored") // the guard sees to what a task throws
    void after(Duration wait, Runnable task) {
        if (!loop.isShuttingDown()) {
            loop.schedule(guarded(task), wait.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Hands a programmer's error to whoever is there to end the process. */
    static void crash(Throwable error) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }

    static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                crash(e);
            }
        };
    }
}
