package io.pgmahout.config;

/** The type of a key: what it allows, how a value is read and shown. */
sealed interface Type<T> permits ScalarType, ListType, TableType {
    /** What is allowed, as a phrase for the reference and for problems. */
    String allowed();

    Parsed<T> parse(Given given);

    /** The value as it could be written again; a mask for a secret. */
    String render(T value);
}
