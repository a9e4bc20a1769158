package io.pgmahout.agent.ha;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which rule fired for a question in one step, also where it is routine and leaves no verdict. */
final class FiredRules {

    private FiredRules() {}

    static int of(Verdict.Question question, AgentState before, Step step) {
        Verdict was = verdict(question, before);
        Verdict now = verdict(question, step.next());
        if (now != null && !sameObject(was, now)) {
            return now.rule();
        }
        return question == Verdict.Question.RECORD ? routine(before, step.next(), step.effects()) : 0;
    }

    // Each firing makes a verdict of its own; one that is carried over did not fire.
    @SuppressWarnings("ReferenceEquality")
    private static boolean sameObject(@Nullable Verdict one, Verdict other) {
        return one == other;
    }

    private static @Nullable Verdict verdict(Verdict.Question question, AgentState state) {
        return state.verdicts().stream()
                .filter(verdict -> verdict.question() == question)
                .findFirst()
                .orElse(null);
    }

    private static int routine(AgentState before, AgentState after, List<Effect> effects) {
        Writes.@Nullable Pending write = open(after);
        if (write != null) {
            return Objects.equals(id(write), id(open(before))) ? 200 : 238;
        }
        return effects.stream().anyMatch(Effect.ReadRecord.class::isInstance) ? 248 : 202;
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
