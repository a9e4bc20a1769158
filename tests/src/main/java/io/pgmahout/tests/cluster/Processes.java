package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code /proc} says, and signals. A process that is gone is an empty answer, never an error. */
public final class Processes {

    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** The pids of the processes whose working directory is {@code directory}: a server and its children. */
    public static List<Long> workingIn(Path directory) {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                if (worksIn(entry, directory)) {
                    pids.add(Long.valueOf(entry.getFileName().toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return pids;
        }
        return pids;
    }

    private static boolean worksIn(Path entry, Path directory) {
        try {
            return Files.readSymbolicLink(entry.resolve("cwd")).equals(directory);
        } catch (IOException gone) {
            return false;
        }
    }

    /** Sends a signal by name ({@code KILL}, {@code STOP}) to processes in one go; those that are gone are left out. */
    public static void signal(String name, List<Long> pids) {
        List<Long> living = pids.stream()
                .filter(pid -> Files.exists(PROC.resolve(pid.toString())))
                .toList();
        if (living.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        living.forEach(pid -> command.add(pid.toString()));
        try {
            ServerUser.run(command);
        } catch (ClusterException failed) {
            if (!String.valueOf(failed.getMessage()).contains("No such process")) {
                throw failed;
            }
        }
    }

    /** The one-letter state, {@code T} when it is stopped; empty when it is gone. */
    public static String state(long pid) {
        return field(pid, 3);
    }

    /** User and system time that a process has used, in centiseconds. */
    public static long centiseconds(long pid) {
        String user = field(pid, 14);
        return user.isEmpty() ? 0 : Long.parseLong(user) + Long.parseLong(field(pid, 15));
    }

    /** Resident memory in KiB; 0 when it is gone. */
    public static long residentKib(long pid) {
        return status(pid, "VmRSS:");
    }

    /** Resident memory that no file backs, in KiB; 0 when it is gone. */
    public static long anonymousKib(long pid) {
        return status(pid, "RssAnon:");
    }

    private static long status(long pid, String key) {
        try {
            for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
            return 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    private static String field(long pid, int number) {
        try {
            String line = Files.readString(PROC.resolve(pid + "/stat"));
            return line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[number - 3];
        } catch (IOException gone) {
            return "";
        }
    }
}
