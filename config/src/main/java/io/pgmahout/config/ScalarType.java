package io.pgmahout.config;

import java.util.function.Function;

/**
 * A type of one value. {@code read} throws IllegalArgumentException, with a reason that continues "the
 * value …", for text that is not allowed.
 */
record ScalarType<T>(String allowed, Function<String, T> read, Function<T, String> show) implements Type<T> {
    @Override
    public Parsed<T> parse(Given given) {
        return switch (given) {
            case Given.Text text -> read(text.text(), given);
            case Given.Items ignored -> Parsed.refused(given, "is a list where one value belongs");
            case Given.Table ignored -> Parsed.refused(given, "is a section where one value belongs");
        };
    }

    @Override
    public String render(T value) {
        return show.apply(value);
    }

    private Parsed<T> read(String text, Given given) {
        try {
            return new Parsed.Accepted<>(read.apply(text));
        } catch (IllegalArgumentException refusal) {
            return Parsed.refused(given, String.valueOf(refusal.getMessage()));
        }
    }
}
