package io.pgmahout.tests.systemd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The files of {@code systemd/} and the program that judges them. */
final class Installed {
    static final List<String> UNITS = List.of("pgmahout-gate@.service", "pgmahout-agent@.service");

    private static final String PROGRAMS = "/opt/pgmahout/current/bin/";
    private static final long LIMIT_SECONDS = 60;

    private Installed() {}

    /** How a program ended and what it said. */
    record Ran(int status, String output) {}

    static Path file(String name) {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("systemd"))) {
            Path above = directory.getParent();
            if (above == null) {
                throw new IllegalStateException(
                        "no folder systemd above " + Path.of("").toAbsolutePath());
            }
            directory = above;
        }
        return directory.resolve("systemd").resolve(name);
    }

    static String text(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values that {@code unit} gives {@code key}, in order. */
    static List<String> values(String unit, String key) {
        return text(unit)
                .lines()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    /** Copies the units to {@code directory}, with programs there in the place of those that an installation has. */
    static void copyUnits(Path directory) throws IOException {
        for (String unit : UNITS) {
            String copy = text(unit).replace(PROGRAMS, directory + "/");
            Files.writeString(directory.resolve(unit), copy);
        }
        for (String program : List.of("pgmahout", "pgmahout-gate")) {
            Path copy = Files.writeString(directory.resolve(program), "#!/bin/sh\n");
            if (!copy.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + copy + " executable");
            }
        }
    }

    static Ran analyze(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "--no-pager"));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException("systemd-analyze is missing: install the package systemd", e);
        }
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end");
        }
        return new Ran(process.exitValue(), Files.readString(output));
    }
}
