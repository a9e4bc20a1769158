package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The user of agents, gates and servers: {@code postgres} when this process is root's, which PostgreSQL refuses,
 * else the user of this process.
 */
public final class ServerUser {

    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private ServerUser() {}

    public static boolean isDropped() {
        return ROOT;
    }

    /** {@code command} in the form that runs it as this user, with the same pid. */
    public static List<String> command(List<String> command) {
        return ROOT
                ? join(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"), command)
                : command;
    }

    /**
     * As {@link #command}, in a session of its own, so that a terminal's Ctrl-C does not reach it; it gets
     * {@code deathSignal} should the thread that starts it end.
     */
    static List<String> detached(String deathSignal, List<String> prefix, List<String> command) {
        List<String> dropped = ROOT
                ? List.of(
                        "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", deathSignal)
                : List.of("setpriv", "--pdeathsig", deathSignal);
        return join(prefix, join(List.of("setsid"), join(dropped, command)));
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> both = new ArrayList<>(first);
        both.addAll(second);
        return List.copyOf(both);
    }

    /** Makes a new directory of this user under the system's temporary directory. */
    public static Path newDirectory(String prefix) {
        return newDirectory(Path.of(System.getProperty("java.io.tmpdir")), prefix);
    }

    /** Makes a new directory of this user under {@code parent}. */
    static Path newDirectory(Path parent, String prefix) {
        try {
            Path directory = Files.createTempDirectory(parent, prefix);
            own(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a path and all below it to this user. */
    public static void own(Path path) {
        if (ROOT) {
            run(List.of("chown", "-R", "-h", "postgres:postgres", path.toString()));
        }
    }

    /** Runs a command as the user of this process, at most a minute; its output. Fails unless it exits 0. */
    public static String run(List<String> command) {
        return run(command, Duration.ofMinutes(1));
    }

    /** As above with another limit. */
    public static String run(List<String> command, Duration limit) {
        try {
            // To a file, for a pipe would be held open by a server that the command leaves behind.
            Path log = Files.createTempFile("pgmahout-", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            String output = Files.readString(log);
            Files.delete(log);
            if (!ended || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new ClusterException(String.join(" ", command) + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new ClusterException(String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    /** Deletes a directory and all below it, also while somebody else still deletes in it. */
    public static void deleteTree(Path directory) {
        try {
            Files.walkFileTree(directory, new Deletion());
        } catch (NoSuchFileException gone) {
            // That is what was wanted.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
