package io.pgmahout.config;

import java.util.Optional;

/**
 * Something wrong with the configuration, or worth a warning. {@code key} may be empty (the file as a
 * whole), {@code value} is masked already where it may be a secret, {@code allowed} may be empty.
 */
public record Problem(Origin origin, String key, Optional<String> value, String reason, String allowed) {
    private static final int SHOWN = 120;

    /** One line: where, key and value, what is wrong, what is allowed. */
    public String line() {
        var line = new StringBuilder();
        if (!(origin instanceof Origin.Default)) {
            line.append(origin).append(": ");
        }
        line.append(key);
        value.ifPresent(text -> line.append(" = \"").append(shortened(text)).append('"'));
        line.append(key.isEmpty() ? "" : ": ").append(reason);
        if (!allowed.isEmpty()) {
            line.append("; allowed: ").append(allowed);
        }
        return line.toString().replaceAll("\\p{Cntrl}+", " ");
    }

    @Override
    public String toString() {
        return line();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
