package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace without a name. One process holds it, which ends with the process that made it, also by SIGKILL, and
 * takes away the namespace's links, and so their other ends; the kernel takes away the rest with the last process in it.
 */
final class Namespace implements Leftover {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** The names of links in namespaces. */
    static final String CABLE = "eth0";

    static final String CLIENT = "client";
    static final String BRIDGE = "br0";

    // Links are not left to the kernel: a connection that was closed while it was cut keeps its namespace for minutes.
    private static final String HOLDER = """
            trap 'for link in %s %s %s; do ip link delete $link 2>/dev/null; done; exit 0' TERM
            exec 3<> <(:)
            while :; do read -r -u 3; done
            """.formatted(CABLE, CLIENT, BRIDGE);

    private final Process holder;

    private Namespace(Process holder) {
        this.holder = holder;
    }

    /**
     * Makes one; only loopback is up in it.
     *
     * @param log where its holder's output goes
     * @throws ClusterException when this machine, or this user, cannot make one
     */
    static Namespace create(Path log) {
        Process holder = Spawner.start(
                List.of("setsid", "unshare", "--net", "--", "setpriv", "--pdeathsig", "TERM", "bash", "-c", HOLDER),
                log);
        Namespace namespace = new Namespace(holder);
        try {
            Waiting.until("a network namespace", LIMIT, () -> !holder.isAlive() || namespace.isEntered());
            if (!holder.isAlive()) {
                throw new ClusterException(
                        "Network namespaces cannot be made here; tests with a network need root on Linux: "
                                + Files.readString(log).strip());
            }
            namespace.run("ip", "link", "set", "lo", "up");
            // The default is up to eight, each after twice the time of the one before.
            namespace.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/tcp_orphan_retries");
            return namespace;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isEntered() {
        try {
            Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
            return !Files.readSymbolicLink(path()).equals(own);
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pid by which {@code ip} knows it. */
    String pid() {
        return Long.toString(holder.pid());
    }

    private Path path() {
        return Path.of("/proc", pid(), "ns/net");
    }

    /** A command in front of what is to run in it; the pid stays the same. */
    List<String> prefix() {
        return List.of("nsenter", "--net=" + path(), "--");
    }

    /** Runs a command in it, which must exit 0; its output. */
    String run(String... command) {
        List<String> words = new ArrayList<>(prefix());
        words.addAll(List.of(command));
        return ServerUser.run(words);
    }

    @Override
    public void close() {
        Processes.signal("TERM", List.of(holder.pid()));
        Waiting.until("the end of a namespace's holder", LIMIT, () -> !holder.isAlive());
    }
}
