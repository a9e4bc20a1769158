package io.pgmahout.agent.kubernetes;

import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.kubernetes.KubernetesReply.Busy;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The time during which a busy API server asked to be left alone. Any thread. */
final class RetryPause {

    private volatile Deadline end = Deadline.after(Duration.ZERO);

    void begin(Busy busy) {
        end = Deadline.after(busy.pause());
    }

    /** Waits for the end of the pause; tells what is left of it if {@code deadline} or an interrupt comes before. */
    @Nullable
    Busy await(Deadline deadline) {
        Deadline until = end;
        if (until.leftNanos() > deadline.leftNanos()) {
            return new Busy(Duration.ofNanos(until.leftNanos()));
        }
        while (!until.passed()) {
            if (Thread.currentThread().isInterrupted()) {
                return new Busy(Duration.ofNanos(until.leftNanos()));
            }
            LockSupport.parkNanos(this, until.leftNanos());
        }
        return null;
    }
}
