package io.pgmahout.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * One stretch of history with one writer: the timeline made in a term, and where it left its predecessor. Two
 * members can make the same timeline id without seeing each other; they never make it in the same term (A3).
 *
 * @param start the WAL position at which the branch begins; null until the promotion that makes it has told
 */
public record Branch(Term term, Timeline timeline, @Nullable Lsn start) {

    public boolean same(Term otherTerm, Timeline otherTimeline) {
        return term.equals(otherTerm) && timeline.equals(otherTimeline);
    }
}
