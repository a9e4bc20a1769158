package io.pgmahout.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What must hold between keys.
 *
 * @param keys those to blame, the first that somebody set; it is not checked when a value it reads was refused
 * @param warning whether breaking it stops nothing
 * @param rule what must hold and why, for the reference and for problems
 * @param violation what is wrong, continuing "the value of the first key …"; empty if it holds
 */
record Relation(List<Key<?>> keys, boolean warning, String rule, Function<Values, Optional<String>> violation) {
    static Relation must(String rule, Function<Values, Optional<String>> violation, Key<?>... keys) {
        return new Relation(List.of(keys), false, rule, violation);
    }

    static Relation should(String rule, Function<Values, Optional<String>> violation, Key<?>... keys) {
        return new Relation(List.of(keys), true, rule, violation);
    }

    static Optional<String> when(boolean broken, String reason) {
        return broken ? Optional.of(reason) : Optional.empty();
    }

    /** The key to blame: the first that somebody set. */
    Key<?> subject(Values values) {
        return keys.stream().filter(values::isSet).findFirst().orElse(keys.getFirst());
    }
}
