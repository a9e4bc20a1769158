package io.pgmahout.agent.model;

/** One content of a data directory: made anew by every initdb, clone, rewind or restore. */
public record DataId(String value) implements Comparable<DataId> {

    public DataId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a data id is not empty");
        }
    }

    @Override
    public int compareTo(DataId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
