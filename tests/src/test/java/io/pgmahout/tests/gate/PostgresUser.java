package io.pgmahout.tests.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The user that servers and gates run as: {@code postgres} when the tests run as root, which PostgreSQL
 * refuses, else the one who runs the tests.
 */
public final class PostgresUser {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private PostgresUser() {}

    public static boolean isRoot() {
        return ROOT;
    }

    /** {@code command} in the form that runs it as this user. */
    public static List<String> command(List<String> command) {
        if (!ROOT) {
            return List.copyOf(command);
        }
        List<String> dropped =
                new ArrayList<>(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        dropped.addAll(command);
        return List.copyOf(dropped);
    }

    /** Runs {@code command} as this user to its end, at most a minute, and returns its output; fails unless it exits 0. */
    public static String run(String... command) {
        return runAs(command(List.of(command)));
    }

    /** Runs {@code command} as who runs the tests. */
    static String runAs(List<String> command) {
        try {
            Path output = Files.createTempFile("pgmahout-run", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            String text = Files.readString(output);
            Files.delete(output);
            if (!ended || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + ": " + text);
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Makes a new directory of this user, in a place it can reach. */
    public static Path newDirectory(String prefix) {
        try {
            Path directory = Files.createTempDirectory(prefix);
            own(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives {@code path} to this user. */
    public static void own(Path path) {
        if (ROOT) {
            runAs(List.of("chown", "-h", "postgres:postgres", path.toString()));
        }
    }

    public static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        own(file);
    }

    public static void deleteTree(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
