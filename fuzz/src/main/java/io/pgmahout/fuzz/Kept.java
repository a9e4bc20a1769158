package io.pgmahout.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The inputs that are kept beside a module's tests: each once broke a promise, or leads where no other does. */
final class Kept {

    private Kept() {}

    /** Where those of a target lie. */
    static Path directory(Path module, Target target) {
        return module.resolve(Path.of("src", "test", "resources", "fuzz", target.name()));
    }

    /** By the names of their files. */
    static SortedMap<String, byte[]> of(Path module, Target target) throws IOException {
        SortedMap<String, byte[]> inputs = new TreeMap<>();
        Path directory = directory(module, target);
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    inputs.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        }
        return inputs;
    }
}
