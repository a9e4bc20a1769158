package io.pgmahout.agent.model;

/** A version of the record in its store. A greater one is a newer one; equal ones are the same bytes. */
public record Version(long value) implements Comparable<Version> {

    public boolean newerThan(Version other) {
        return value > other.value;
    }

    @Override
    public int compareTo(Version other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
