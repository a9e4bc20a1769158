package io.pgmahout.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parsed value of each key, with where it came from; and which keys have none because theirs was refused.
 * Those count as set, but reading one throws {@link Refused}, so that nothing is concluded from it.
 */
final class Values {
    /** Somebody read the value of a key that was refused, which is a problem already. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(Key<?> key) {
            super(key.name() + " was refused");
        }
    }

    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Given> given = new HashMap<>();
    private final Set<String> refused = new HashSet<>();

    <T> void accept(Key<T> key, T value, Given source) {
        values.put(key.name(), value);
        given.put(key.name(), source);
    }

    void refuse(Key<?> key) {
        refused.add(key.name());
    }

    /** The value of a key that is required or has a default. */
    <T> T get(Key<T> key) {
        return find(key).orElseThrow(() -> new IllegalStateException(key.name() + " has no value"));
    }

    // The only way in is accept, which ties the value's type to the key's.
    @SuppressWarnings("unchecked")
    <T> Optional<T> find(Key<T> key) {
        if (refused.contains(key.name())) {
            throw new Refused(key);
        }
        return Optional.ofNullable((T) values.get(key.name()));
    }

    /** Whether somebody set it, rather than leaving it at its default. */
    boolean isSet(Key<?> key) {
        return refused.contains(key.name()) || !(origin(key) instanceof Origin.Default);
    }

    Optional<Given> given(Key<?> key) {
        return Optional.ofNullable(given.get(key.name()));
    }

    Origin origin(Key<?> key) {
        return given(key).map(Given::origin).orElse(new Origin.Default());
    }
}
