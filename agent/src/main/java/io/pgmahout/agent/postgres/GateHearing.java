package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.observe.Outages;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether the gate takes commands: it is asked to confirm one now and then, and one that does not for some seconds is
 * told of once, and once when it does again (A13: nobody else can fence its server). Times are nanoseconds of a
 * monotonic clock. Used by the one thread that reads the gate's files.
 */
final class GateHearing {

    private static final long ASK_NANOS = 3_000_000_000L;
    private static final long LOST_NANOS = 3_000_000_000L;
    private static final long NONE_NANOS = 10_000_000_000L;

    /** More than this between two looks is a stall of the agent itself, which says nothing of the gate. */
    private static final long LOOK_NANOS = 1_500_000_000L;

    private static final String SUBJECT = "gate";

    private final Path run;
    private final Outages outages;
    private @Nullable CompletableFuture<Long> question;
    private long lookedNanos;
    private long waitedNanos;
    private boolean begun;

    GateHearing(Path run, Outages outages) {
        this.run = run;
        this.outages = outages;
    }

    /** There is no gate yet, or none whose lock can be had. */
    void noGate(long nowNanos) {
        pass(nowNanos);
        if (waitedNanos > NONE_NANOS) {
            lost("no gate in " + run);
        }
    }

    /**
     * Looks what became of the last question.
     *
     * @param taken whether the gate has taken the command of a number
     * @return whether the gate is to be asked now, see {@link #asked}
     */
    boolean due(long nowNanos, LongPredicate taken) {
        pass(nowNanos);
        CompletableFuture<Long> open = question;
        if (open == null) {
            return waitedNanos > ASK_NANOS;
        }
        boolean written = open.isDone() && !open.isCompletedExceptionally();
        if (written && taken.test(open.join())) {
            outages.works(EventCode.GATE_LOST, SUBJECT, EventCode.GATE_BACK);
            question = null;
            waitedNanos = 0;
        } else if (waitedNanos > LOST_NANOS) {
            lost("the gate in " + run + (written ? " does not say that it took a command" : " reads no commands"));
            open.cancel(false);
            return true;
        }
        return false;
    }

    /** The gate was asked; completed with the number of the command once it is written. */
    void asked(CompletableFuture<Long> number) {
        question = number;
        waitedNanos = 0;
    }

    private void lost(String detail) {
        outages.failed(EventCode.GATE_LOST, SUBJECT, Map.of(EventCode.Field.DETAIL.key(), detail));
    }

    private void pass(long nowNanos) {
        if (begun) {
            waitedNanos += Math.min(nowNanos - lookedNanos, LOOK_NANOS);
        }
        begun = true;
        lookedNanos = nowNanos;
    }
}
