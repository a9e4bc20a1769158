package io.pgmahout.tests.acceptance;

import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.ServerUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * A wall clock of its own for each member's agent, gate and server, by libfaketime; the clocks that do not jump are the
 * machine's. A clock is read anew within a second of {@link #set}.
 */
final class WallClocks implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private final Path directory = ServerUser.newDirectory("pgmahout-clocks-");
    private final Path library = library();

    private static Path library() {
        for (Path root : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"))) {
            try (DirectoryStream<Path> places = Files.newDirectoryStream(root)) {
                for (Path place : places) {
                    Path file = place.resolve("faketime/libfaketimeMT.so.1");
                    if (Files.exists(file)) {
                        return file;
                    }
                }
            } catch (IOException none) {
                // There may be one of the others.
            }
        }
        throw new IllegalStateException("libfaketime is not installed (package faketime); tests/run installs it");
    }

    /** Where the i-th member runs: on loopback, by this clock. */
    ClusterOptions.Place place(int number) {
        String member = "n" + number;
        set(member, Duration.ZERO);
        share(member);
        return new ClusterOptions.Place(
                ClusterOptions.Place.LOOPBACK.host(),
                ClusterOptions.Place.LOOPBACK.clientHost(),
                List.of(),
                List.of(
                        "env",
                        "LD_PRELOAD=" + library,
                        "FAKETIME_TIMESTAMP_FILE=" + file(member),
                        "FAKETIME_SHARED=/" + shared(member) + " /" + shared(member),
                        "FAKETIME_CACHE_DURATION=1",
                        "FAKETIME_DONT_FAKE_MONOTONIC=1",
                        // Else it takes every timed wait for one by the wall clock.
                        "FAKETIME_FORCE_MONOTONIC_FIX=0"));
    }

    /**
     * The semaphore, open, and the memory that a member's processes share. What libfaketime makes by itself is removed
     * by the first subshell that ends, and a program that starts in that moment ends with an error.
     */
    private void share(String member) {
        ByteBuffer open = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
        open.putInt(0, 1).putInt(8, 128);
        ByteBuffer unset = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
        for (int nanos = 24; nanos < unset.capacity(); nanos += 16) {
            unset.putLong(nanos, -1);
        }
        try {
            for (Path file : sharedFiles(member)) {
                Files.write(file, (file.getFileName().toString().startsWith("sem.") ? open : unset).array());
                ServerUser.own(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String shared(String member) {
        return directory.getFileName() + "-" + member;
    }

    private List<Path> sharedFiles(String member) {
        return List.of(SHARED_MEMORY.resolve("sem." + shared(member)), SHARED_MEMORY.resolve(shared(member)));
    }

    /** The member's wall clock jumps to so much ahead of the machine's. */
    void set(LocalMember member, Duration ahead) {
        set(member.name(), ahead);
    }

    private void set(String member, Duration ahead) {
        try {
            Path next = directory.resolve(member + ".next");
            Files.writeString(next, "%+d\n".formatted(ahead.toSeconds()));
            ServerUser.own(next);
            Files.move(next, file(member), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String member) {
        return directory.resolve(member);
    }

    @Override
    public void close() {
        try (DirectoryStream<Path> clocks = Files.newDirectoryStream(directory)) {
            for (Path clock : clocks) {
                for (Path file : sharedFiles(clock.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerUser.deleteTree(directory);
    }
}
