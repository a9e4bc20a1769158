package io.pgmahout.tests.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a run found out, for its end, where a person reads it. */
final class Report {

    static final Path DIRECTORY = Path.of("target/kubernetes");

    private Report() {}

    static void tell(String what, Object figure) {
        try {
            Files.writeString(
                    Path.of("target/kubernetes.txt"),
                    what + ": " + figure + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps a text in a file for whoever looks for a fault. */
    static void keep(String file, String text) {
        try {
            Path path = DIRECTORY.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
