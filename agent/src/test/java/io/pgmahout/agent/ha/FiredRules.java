package io.pgmahout.agent.ha;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which rule fired for a question in one step, also where it is routine and leaves no verdict. */
final class FiredRules {

    private FiredRules() {}

    static int of(Verdict.Question question, AgentState before, Step step) {
        AgentState after = step.next();
        if (question == Verdict.Question.RECORD) {
            int routine = routine(before, after, step.effects());
            if (routine != 0) {
                return routine;
            }
        }
        return after.verdicts().stream()
                .filter(verdict -> verdict.question() == question)
                .mapToInt(Verdict::rule)
                .findFirst()
                .orElse(0);
    }

    private static int routine(AgentState before, AgentState after, List<Effect> effects) {
        Writes.@Nullable Pending write = open(after);
        if (write != null) {
            if (Objects.equals(id(write), id(open(before)))) {
                return 200;
            }
            return write.purpose().equals("renew") ? 238 : 0;
        }
        boolean reads = effects.stream().anyMatch(Effect.ReadRecord.class::isInstance);
        if (reads) {
            boolean byPromise = after.verdicts().stream().anyMatch(verdict -> verdict.rule() == 311);
            return byPromise || after.book().stale() ? 0 : 248;
        }
        return after.gate() != null && after.book().readId() != 0 ? 202 : 0;
    }

    private static Writes.@Nullable Pending open(AgentState state) {
        return state.writes().inFlight() != null
                ? state.writes().inFlight()
                : state.writes().prepared();
    }

    private static @Nullable Object id(Writes.@Nullable Pending write) {
        return write == null ? null : write.id();
    }
}
