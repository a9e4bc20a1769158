package io.pgmahout.agent.model;

/** One life of a gate, and of the postgres that lives and dies with it. */
public record Incarnation(String value) implements Comparable<Incarnation> {

    public Incarnation {
        if (value.isBlank()) {
            throw new IllegalArgumentException("an incarnation is not empty");
        }
    }

    @Override
    public int compareTo(Incarnation other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
