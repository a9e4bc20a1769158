package io.pgmahout.config;

import java.time.Duration;
import java.util.List;

/** A command run on each change of role, and how long it may take before it is killed. Never empty. */
public record CallbackSettings(List<String> command, Duration timeout) {
    public CallbackSettings {
        command = List.copyOf(command);
    }
}
