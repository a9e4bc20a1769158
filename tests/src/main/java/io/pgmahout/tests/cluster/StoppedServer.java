package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** PostgreSQL's programs on the data directory of a member whose server does not run. */
public final class StoppedServer {

    private static final Duration END = Duration.ofSeconds(20);

    private StoppedServer() {}

    /** A line of pg_controldata of a member's data directory, by its label. */
    public static String controlData(LocalCluster cluster, LocalMember member, String label) {
        return ServerUser.run(ServerUser.command(List.of(
                        cluster.programs("pg_controldata").toString(),
                        member.data().toString())))
                .lines()
                .filter(line -> line.startsWith(label + ":"))
                .map(line -> line.substring(label.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new ClusterException("pg_controldata says nothing of " + label));
    }

    /** Runs statements, one a line, in a member's data directory, whose gate and server were ended. */
    public static void singleUser(LocalCluster cluster, LocalMember member, String... statements) {
        // A killed server's processes take their moment to go, and its lock file stays.
        Waiting.until(
                "the end of the server of " + member,
                END,
                () -> member.serverProcesses().isEmpty());
        Path script = cluster.directory().resolve("single.sql");
        try {
            Files.deleteIfExists(member.data().resolve("postmaster.pid"));
            Files.writeString(script, String.join("\n", statements) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerUser.own(script);
        String output = ServerUser.run(ServerUser.command(List.of(
                "sh",
                "-c",
                "exec \"$0\" --single -D \"$1\" postgres <\"$2\"",
                cluster.programs("postgres").toString(),
                member.data().toString(),
                script.toString())));
        if (output.contains("ERROR:") || output.contains("FATAL:")) {
            throw new ClusterException(output);
        }
    }

    /** Deletes the segments of write-ahead log before one, whatever their timeline. */
    public static void deleteWalBefore(LocalMember member, String segment) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(member.data().resolve("pg_wal"), "[0-9A-F]*")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.length() == 24 && name.substring(8).compareTo(segment.substring(8)) < 0) {
                    Files.delete(file);
                }
            }
        }
    }
}
