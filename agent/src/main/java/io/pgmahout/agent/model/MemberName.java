package io.pgmahout.agent.model;

/** The name of a member, unique in its cluster, a DNS label. */
public record MemberName(String value) implements Comparable<MemberName> {

    public MemberName {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a member name is not empty");
        }
    }

    @Override
    public int compareTo(MemberName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
