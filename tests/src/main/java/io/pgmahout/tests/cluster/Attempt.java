package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that ended by itself.
 *
 * @param status its exit status
 * @param output what it wrote, errors too
 */
public record Attempt(int status, String output) {

    /** Runs a command to its end; what has not ended in time is killed, and that is an error. */
    static Attempt of(List<String> command, Duration limit) {
        try {
            Path log = Files.createTempFile("pgmahout-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(log.toFile())
                        .start();
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                    throw new ClusterException("did not end: " + String.join(" ", command) + "; it wrote "
                            + Files.readString(log).strip());
                }
                return new Attempt(process.exitValue(), Files.readString(log));
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new ClusterException(String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }
}
