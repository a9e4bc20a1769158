package io.pgmahout.agent.model;

/** How often the right to write has changed hands or been re-affirmed; grows, never repeats, starts at 1. */
public record Term(long value) implements Comparable<Term> {

    /** Before any term: what a member that promised nothing has promised. */
    public static final Term NONE = new Term(0);

    public static final Term FIRST = new Term(1);

    public Term {
        if (value < 0) {
            throw new IllegalArgumentException("a term is not negative: " + value);
        }
    }

    public Term next() {
        return new Term(value + 1);
    }

    public boolean atLeast(Term other) {
        return value >= other.value;
    }

    @Override
    public int compareTo(Term other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
