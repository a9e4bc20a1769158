package io.pgmahout.tests.acceptance;

import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/** Looks at the command lines of all processes again and again, for secrets that everybody on the machine could read. */
final class SecretsSpy implements AutoCloseable {
    private static final long PACE_NANOS = 20_000_000;

    private final List<String> secrets;
    private final ConcurrentSkipListSet<String> seen = new ConcurrentSkipListSet<>();
    private final AtomicLong looks = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    SecretsSpy(List<String> secrets) {
        this.secrets = List.copyOf(secrets);
        thread = Thread.ofPlatform().name("secrets-spy").daemon().start(this::spy);
    }

    private void spy() {
        while (!closed) {
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                processes.forEach(this::look);
                looks.incrementAndGet();
            } catch (IOException | DirectoryIteratorException gone) {
                // The next look sees what this one missed.
            }
            Waiting.pause(PACE_NANOS);
        }
    }

    private void look(Path process) {
        try {
            String line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
            if (secrets.stream().anyMatch(line::contains)) {
                seen.add(line);
            }
        } catch (IOException gone) {
            // It ended meanwhile.
        }
    }

    /** The command lines that held one. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    /** How often all processes were looked at. */
    long looks() {
        return looks.get();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
