package io.pgmahout.tests.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** One reading of a {@code key=value} file that the gate writes. */
public record KeyValues(Map<String, String> values) {
    public KeyValues {
        values = Map.copyOf(values);
    }

    /** Reads {@code file}; a file that is not there has no keys. */
    public static KeyValues read(Path file) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        } catch (IOException e) {
            return new KeyValues(Map.of());
        }
        return new KeyValues(values);
    }

    /** The value of {@code key}, empty when there is none. */
    public String get(String key) {
        return values.getOrDefault(key, "");
    }

    public long number(String key) {
        return Long.parseLong(get(key));
    }
}
