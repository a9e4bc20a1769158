package io.pgmahout.tests.images;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Docker engine that this process starts, and ends with itself: with a socket, images and containers of its own, and
 * without a network, since members have the machine's.
 */
final class Engine {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Engine SHARED = new Engine();

    private final Path directory;
    private final Process process;

    static Engine shared() {
        return SHARED;
    }

    private Engine() {
        try {
            directory = Files.createTempDirectory("pgmahout-docker-");
            process = new ProcessBuilder(
                            "setpriv",
                            "--pdeathsig=TERM",
                            "dockerd",
                            "--data-root=" + directory.resolve("data"),
                            "--exec-root=" + directory.resolve("exec"),
                            "--pidfile=" + directory.resolve("pid"),
                            "--host=" + address(),
                            "--iptables=false",
                            "--ip6tables=false",
                            "--bridge=none")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        Waiting.until("the Docker engine", LIMIT, () -> Files.exists(socket()) || !process.isAlive());
        if (!process.isAlive()) {
            throw new ClusterException("dockerd ended: see " + directory.resolve("log"));
        }
    }

    private Path socket() {
        return directory.resolve("docker.sock");
    }

    String address() {
        return "unix://" + socket();
    }

    void load(Path archive) {
        ServerUser.run(List.of("docker", "--host", address(), "load", "--input", archive.toString()), LIMIT);
    }

    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            // The engine leaves the machine's network mounted there.
            ServerUser.run(List.of(
                    "umount",
                    "--recursive",
                    directory.resolve("exec/netns/default").toString()));
            ServerUser.deleteTree(directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
