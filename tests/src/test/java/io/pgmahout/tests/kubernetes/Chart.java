package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The chart in {@code helm/pgmahout}, and the two versions of Helm that it is for. */
final class Chart {

    static final Path DIRECTORY = home().resolve("helm/pgmahout");

    private static final long LIMIT_SECONDS = 120;

    private Chart() {}

    /** A Helm by the name that its program has. */
    enum Helm {
        OLDEST("helm3"),
        NEWEST("helm4");

        private final String program;

        Helm(String program) {
            this.program = program;
        }

        Path program() {
            return ApiServer.programs().resolve(program);
        }

        Ran run(String... arguments) {
            List<String> command = new ArrayList<>(List.of(program().toString()));
            command.addAll(List.of(arguments));
            return Chart.run(command);
        }

        /** What the chart gives for a release {@code pg} with these values: JSON where one begins with a brace; or options. */
        Ran template(String... values) {
            List<String> command = new ArrayList<>(
                    List.of("template", "pg", DIRECTORY.toString(), "--namespace=databases", "--kube-version=1.36.0"));
            for (String value : values) {
                if (value.startsWith("--")) {
                    command.add(value);
                } else {
                    command.add(value.startsWith("{") ? "--set-json=" + value.substring(1) : "--set=" + value);
                }
            }
            return run(command.toArray(String[]::new));
        }
    }

    /** How a program ended, and what it said. */
    record Ran(int status, String output, String errors) {}

    static Ran run(List<String> command) {
        try {
            Path errors = Files.createTempFile("pgmahout-", ".err");
            Path output = Files.createTempFile("pgmahout-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IOException(command + " did not end");
                }
                return new Ran(process.exitValue(), Files.readString(output), Files.readString(errors));
            } finally {
                Files.delete(errors);
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Path home() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("helm"))) {
            Path above = directory.getParent();
            if (above == null) {
                throw new IllegalStateException(
                        "no folder helm above " + Path.of("").toAbsolutePath());
            }
            directory = above;
        }
        return directory;
    }
}
