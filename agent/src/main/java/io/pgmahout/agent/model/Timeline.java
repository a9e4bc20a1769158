package io.pgmahout.agent.model;

import java.util.HexFormat;

/** A PostgreSQL timeline id, 1 to 2^31−1. Neither an order nor unique between members: see {@link Branch}. */
public record Timeline(int id) {

    public static final Timeline FIRST = new Timeline(1);

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    public Timeline {
        if (id < 1) {
            throw new IllegalArgumentException("a timeline id is positive: " + id);
        }
    }

    /** As in the names of WAL and history files: eight hexadecimal digits. */
    public String fileName() {
        return HEX.toHexDigits(id);
    }

    @Override
    public String toString() {
        return Integer.toString(id);
    }
}
