package io.pgmahout.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The least that loads, and short ways to load it with something more. */
final class Fixture {
    static final Map<String, String> MINIMUM = Map.of(
            "cluster", "demo",
            "member.name", "a",
            "gossip.listen", "127.0.0.1:8010",
            "store.type", "file",
            "store.file.path", "/srv/demo/record",
            "postgres.data-directory", "/srv/demo/a/data");

    private Fixture() {}

    static Loaded load(Map<String, String> more) {
        return Configuration.load(Optional.empty(), Map.of(), complete(more));
    }

    /** The minimum with these, without its file if the store is another. */
    static Map<String, String> complete(Map<String, String> more) {
        var overrides = new HashMap<>(MINIMUM);
        overrides.putAll(more);
        if (!"file".equals(overrides.get("store.type"))) {
            overrides.remove("store.file.path");
        }
        return overrides;
    }

    static Loaded.Valid valid(Map<String, String> more) {
        return valid(load(more));
    }

    static Loaded.Valid valid(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Valid valid -> valid;
            case Loaded.Invalid invalid -> throw new AssertionError(invalid.problems());
        };
    }

    static List<Problem> problems(Map<String, String> more) {
        return problems(load(more));
    }

    static List<Problem> problems(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Valid ignored -> List.of();
            case Loaded.Invalid invalid -> invalid.problems();
        };
    }

    /** The minimum as a file of six lines, and then these lines. */
    static Path file(Path directory, String... lines) {
        return write(
                directory.resolve("pgmahout.yaml"),
                "cluster: demo\nmember.name: a\ngossip.listen: 127.0.0.1:8010\nstore.type: file\n"
                        + "store.file.path: /srv/demo/record\npostgres.data-directory: /srv/demo/a/data\n"
                        + String.join("\n", lines) + "\n",
                "rw-r--r--");
    }

    static Loaded loadFile(Path directory, String... lines) {
        return Configuration.load(Optional.of(file(directory, lines)), Map.of(), Map.of());
    }

    static Path write(Path path, String content, String mode) {
        try {
            Files.writeString(path, content);
            return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
