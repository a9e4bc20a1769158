package io.pgmahout.agent;

import io.pgmahout.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The configuration of a member in a file of a test. */
record ConfigurationFile(Path directory) {

    /** Writes the least that loads, and then these lines. */
    SettingsSource write(String... lines) throws IOException {
        Files.createDirectories(directory.resolve("state"));
        Path file = Files.writeString(
                directory.resolve("pgmahout.yaml"), """
                cluster: demo
                member.name: m1
                member.state-directory: %1$s/state
                gossip.listen: 127.0.0.1:8010
                store.type: file
                store.file.path: %1$s/record
                postgres.data-directory: %1$s/data
                """.formatted(directory) + String.join("\n", lines) + "\n");
        return new SettingsSource(Optional.of(file), Map.of(), Map.of());
    }

    static Loaded.Valid load(SettingsSource source) {
        return switch (source.load()) {
            case Loaded.Valid valid -> valid;
            case Loaded.Invalid invalid -> throw new AssertionError(invalid.problems());
        };
    }
}
