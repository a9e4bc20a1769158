package io.pgmahout.config;

import java.util.List;

/** What a type made of a given value. */
sealed interface Parsed<T> {
    record Accepted<T>(T value) implements Parsed<T> {}

    /** All that is wrong with it; never empty. */
    record Refused<T>(List<Fault> faults) implements Parsed<T> {}

    /** One thing wrong with the value or a part of it; {@code name} is that of the table entry, or empty. */
    record Fault(String name, Given part, String reason) {}

    static <T> Parsed<T> refused(Given part, String reason) {
        return new Refused<>(List.of(new Fault("", part, reason)));
    }
}
