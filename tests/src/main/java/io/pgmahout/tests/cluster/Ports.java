package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports below those that the kernel gives to outgoing connections: a port of a member that is down must not
 * become the source port of a client that tries to reach it, which on loopback would be connected with itself.
 */
final class Ports {

    private static final int LOWEST = 10_000;
    private static final Set<Integer> TAKEN = new HashSet<>();

    private Ports() {}

    static synchronized int free() {
        int end = firstEphemeral();
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
            if (!TAKEN.contains(port) && isFree(port)) {
                TAKEN.add(port);
                return port;
            }
        }
        throw new ClusterException("no free TCP port from " + LOWEST + " to " + end);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static int firstEphemeral() {
        try {
            String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
            return Math.max(LOWEST + 2_000, Integer.parseInt(range.strip().split("\\s+", -1)[0]));
        } catch (IOException e) {
            return 32_768;
        }
    }
}
