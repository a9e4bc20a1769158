package io.pgmahout.agent.model;

/**
 * How much of which branch a member holds, flushed. Ordered by (term of the branch, LSN) and meaningful only
 * between branches of one record's history.
 */
public record WalPosition(Term term, Timeline timeline, Lsn lsn) implements Comparable<WalPosition> {

    @Override
    public int compareTo(WalPosition other) {
        int byTerm = term.compareTo(other.term);
        return byTerm != 0 ? byTerm : lsn.compareTo(other.lsn);
    }

    public boolean atLeast(WalPosition other) {
        return compareTo(other) >= 0;
    }

    @Override
    public String toString() {
        return lsn + " on timeline " + timeline + " of term " + term;
    }
}
