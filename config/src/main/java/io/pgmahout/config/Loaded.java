package io.pgmahout.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of loading a configuration. */
public sealed interface Loaded {
    /**
     * Usable. {@code origins} has every key in the order of the reference, and each entry of a table under
     * its own name ({@code postgres.parameters.work_mem}). Warnings stop nothing.
     */
    record Valid(Settings settings, Map<String, Origin> origins, List<Problem> warnings) implements Loaded {
        public Valid {
            origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
            warnings = List.copyOf(warnings);
        }
    }

    /** Not usable: everything that is wrong, at once. Never empty. */
    record Invalid(List<Problem> problems) implements Loaded {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }
}
