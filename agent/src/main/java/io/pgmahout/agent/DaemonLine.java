package io.pgmahout.agent;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A plain line that starts the daemon, {@code agent [--config FILE] [--set KEY=VALUE]...}, read without the library of
 * the command line: an agent runs for months, and would keep the library's classes and index in memory all the time.
 * What is not plain (a mistake, {@code --help}) is left to {@link AgentCommand}.
 *
 * @param config as given
 * @param overrides by key
 */
record DaemonLine(Optional<Path> config, Map<String, String> overrides) {

    DaemonLine {
        overrides = Map.copyOf(overrides);
    }

    /** Null when the line is not plain. */
    static @Nullable DaemonLine parse(String... arguments) {
        if (arguments.length % 2 == 0 || !arguments[0].equals("agent")) {
            return null;
        }
        String config = null;
        Map<String, String> overrides = new TreeMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            int equals = value.indexOf('=');
            boolean plain;
            if (arguments[i].equals("--config")) {
                plain = config == null && !value.startsWith("-");
                config = value;
            } else {
                plain = arguments[i].equals("--set")
                        && equals > 0
                        && overrides.put(value.substring(0, equals), value.substring(equals + 1)) == null;
            }
            if (!plain) {
                return null;
            }
        }
        return new DaemonLine(Optional.ofNullable(config).map(Path::of), overrides);
    }
}
