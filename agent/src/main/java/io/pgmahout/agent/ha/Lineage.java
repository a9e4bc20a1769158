package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a member's data relates to the record's history. Timeline ids alone cannot tell (A3): two members can make the
 * same id, and pg_rewind then sees no difference.
 */
enum Lineage {
    /** On the current branch. */
    CURRENT,
    /** On an older branch, not past the point where the next one left it: it follows. */
    ANCESTOR,
    /** Past a fork, or on a timeline that the history does not have: it is rewound to the fork. */
    DIVERGED,
    /** A timeline id of the history under another term: only a clone is safe. */
    CONFLICTING,
    /** Not known yet: a branch's start is not recorded, or the end of the data is not known. */
    UNKNOWN;

    /**
     * Relates data to a history.
     *
     * @param branches of the data: for each timeline it made or followed, the term of its branch
     * @param timeline the data's current one
     * @param end where the data's WAL ends; null when that is not known
     */
    static Lineage of(
            List<Branch> history, Map<Timeline, Term> branches, @Nullable Timeline timeline, @Nullable Lsn end) {
        if (timeline == null || history.isEmpty()) {
            return UNKNOWN;
        }
        for (Branch branch : history) {
            Term term = branches.get(branch.timeline());
            // A branch beyond the data's own was noted before its first byte, which never came.
            boolean reached = branch.timeline().id() <= timeline.id();
            if (reached && term != null && !term.equals(branch.term())) {
                return CONFLICTING;
            }
        }
        Term term = branches.get(timeline);
        int index = term == null ? -1 : indexOf(history, term, timeline);
        if (index < 0) {
            boolean named =
                    history.stream().anyMatch(branch -> branch.timeline().equals(timeline));
            return named ? CONFLICTING : DIVERGED;
        }
        if (index == history.size() - 1) {
            return CURRENT;
        }
        Lsn left = history.get(index + 1).start();
        if (left == null) {
            return UNKNOWN;
        }
        return end != null && end.compareTo(left) <= 0 ? ANCESTOR : DIVERGED;
    }

    static int indexOf(List<Branch> history, Term term, Timeline timeline) {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (history.get(i).same(term, timeline)) {
                return i;
            }
        }
        return -1;
    }
}
