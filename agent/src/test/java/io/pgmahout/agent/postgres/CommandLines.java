package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** What anybody on the machine can read of running programs. */
final class CommandLines {

    private static final long TURN_NS = 10_000_000;

    private CommandLines() {}

    /** Looks again and again until told to end, and adds each command line that holds one of the secrets. */
    static void watch(List<String> secrets, AtomicBoolean over, List<String> leaks) {
        while (!over.get()) {
            try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path process : processes) {
                    String line = read(process.resolve("cmdline"));
                    if (secrets.stream().anyMatch(line::contains)) {
                        leaks.add(line);
                    }
                }
            } catch (IOException e) {
                leaks.add(e.toString());
            }
            LockSupport.parkNanos(TURN_NS);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // It has ended meanwhile.
            return "";
        }
    }
}
