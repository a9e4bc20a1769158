package io.pgmahout.agent.model;

/** Who votes: made once, kept with the promise file outside the data directory; who loses one loses both. */
public record VoterId(String value) implements Comparable<VoterId> {

    public VoterId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a voter id is not empty");
        }
    }

    @Override
    public int compareTo(VoterId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
