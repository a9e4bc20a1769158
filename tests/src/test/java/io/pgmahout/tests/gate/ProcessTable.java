package io.pgmahout.tests.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@code /proc} says. A process that is gone is an empty answer, never an error. */
public final class ProcessTable {
    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /** The pids of the living processes whose working directory is {@code directory}. */
    public static List<Long> workingIn(Path directory) {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .filter(entry -> worksIn(entry, directory))
                    .map(entry -> Long.valueOf(entry.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean worksIn(Path entry, Path directory) {
        try {
            return Files.readSymbolicLink(entry.resolve("cwd")).equals(directory);
        } catch (IOException e) {
            return false;
        }
    }

    /** The one-letter state of a process, {@code T} when it is stopped. */
    public static Optional<String> state(long pid) {
        return field(pid, 3);
    }

    /** User and system time that a process has used, in clock ticks (centiseconds). */
    public static long ticks(long pid) {
        return field(pid, 14).map(Long::parseLong).orElse(0L)
                + field(pid, 15).map(Long::parseLong).orElse(0L);
    }

    /** The pids of the children of a process. */
    public static List<Long> children(long pid) {
        try {
            String text = Files.readString(PROC.resolve(pid + "/task/" + pid + "/children"));
            List<Long> children = new ArrayList<>();
            for (String child : text.split(" ", -1)) {
                if (!child.isBlank()) {
                    children.add(Long.valueOf(child));
                }
            }
            return children;
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What the descriptors of a process lead to. */
    public static List<String> openFiles(long pid) {
        List<String> files = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(PROC.resolve(pid + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                files.add(Files.readSymbolicLink(descriptor).toString());
            }
        } catch (IOException e) {
            return List.of();
        }
        return files;
    }

    private static Optional<String> field(long pid, int number) {
        try {
            String line = Files.readString(PROC.resolve(pid + "/stat"));
            return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[number - 3]);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Sends a signal, by name ({@code KILL}, {@code STOP}), to one process that the test started. */
    public static void signal(String name, long pid) {
        PostgresUser.runAs(List.of("kill", "-" + name, Long.toString(pid)));
    }
}
