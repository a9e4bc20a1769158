package io.pgmahout.agent;

import io.pgmahout.config.Configuration;
import io.pgmahout.config.Loaded;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where an agent's settings come from, so that a reload reads the same again. */
public record SettingsSource(Optional<Path> file, Map<String, String> environment, Map<String, String> commandLine) {

    public SettingsSource {
        environment = Map.copyOf(environment);
        commandLine = Map.copyOf(commandLine);
    }

    public Loaded load() {
        return Configuration.load(file, environment, commandLine);
    }
}
