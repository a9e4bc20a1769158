package io.pgmahout.agent.model;

import java.util.Locale;

/** A position in the write-ahead log, in bytes, written as PostgreSQL writes it: {@code 16/B374D848}. */
public record Lsn(long value) implements Comparable<Lsn> {

    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads PostgreSQL's notation.
     *
     * @throws IllegalArgumentException if the text is not two hexadecimal numbers of at most 32 bits around a slash
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
            throw new IllegalArgumentException("not a log sequence number: " + text);
        }
        long high = Long.parseUnsignedLong(text, 0, slash, 16);
        long low = Long.parseUnsignedLong(text, slash + 1, text.length(), 16);
        return new Lsn(high << 32 | low);
    }

    /** Bytes from {@code earlier} to this position; negative when this one is the earlier. */
    public long minus(Lsn earlier) {
        return value - earlier.value;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    private static String hex(long half) {
        return Long.toHexString(half).toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return hex(value >>> 32) + "/" + hex(value & 0xFFFFFFFFL);
    }
}
