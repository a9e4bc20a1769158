package io.pgmahout.config;

import java.util.regex.Pattern;

/** A number of bytes, not negative, written as PostgreSQL writes it: 16kB, 64MB, 1GB, with units of 1024. */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) *(B|kB|MB|GB|TB)");
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("is negative");
        }
    }

    /** Throws IllegalArgumentException, with a reason a person can read, for anything else than a number and a unit. */
    public static DataSize parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a whole number followed by B, kB, MB, GB or TB");
        }
        long bytes = Long.parseLong(matcher.group(1));
        for (int unit = 0; !UNITS[unit].equals(matcher.group(2)); unit++) {
            if (bytes > Long.MAX_VALUE / 1024) {
                throw new IllegalArgumentException("is too large");
            }
            bytes *= 1024;
        }
        return new DataSize(bytes);
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The exact size in the greatest unit that needs no fraction. */
    @Override
    public String toString() {
        long rest = bytes;
        int unit = 0;
        while (rest != 0 && rest % 1024 == 0 && unit < UNITS.length - 1) {
            rest /= 1024;
            unit++;
        }
        return rest + UNITS[unit];
    }
}
