package io.pgmahout.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** An input for which a target's promise does not hold. It lies in a file, and the message says which. */
public final class Finding extends AssertionError {

    private static final long serialVersionUID = 1L;

    private Finding(String message, Throwable cause) {
        super(message, cause);
    }

    static Finding of(Target target, byte[] input, Throwable cause) {
        Path file = Path.of("target", "fuzz", target.name(), "found-" + Integer.toHexString(Arrays.hashCode(input)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Finding(
                target.name() + ": " + cause + "\nnot so: " + target.promise() + "\nthe input: " + file.toAbsolutePath()
                        + "\nto keep it: src/test/resources/fuzz/" + target.name() + "/WHAT-IT-IS",
                cause);
    }
}
