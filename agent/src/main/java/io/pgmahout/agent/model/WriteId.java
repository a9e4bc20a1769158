package io.pgmahout.agent.model;

/** Names one write of the record, so that whoever reads the record back knows whose write it holds. */
public record WriteId(String value) implements Comparable<WriteId> {

    public WriteId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a write id is not empty");
        }
    }

    @Override
    public int compareTo(WriteId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
