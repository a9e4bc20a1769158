package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports below those that the kernel gives to outgoing connections: a port of a member that is down must not
 * become the source port of a client that tries to reach it, which on loopback would be connected with itself.
 *
 * <p>A port stays this process's until it ends, also while nobody listens at it: each is held by a socket that is bound
 * and does not listen. Clusters of other processes run at the same time, and one of them that took the port of a member
 * that is down would be taken for that member. Servers of this process's clusters bind beside that socket, since both
 * have SO_REUSEADDR, as servers do on Linux.
 */
public final class Ports {

    private static final int LOWEST = 10_000;
    private static final List<SocketChannel> HELD = new ArrayList<>();

    private Ports() {}

    public static synchronized int free() {
        int end = firstEphemeral();
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
            if (hold(port)) {
                return port;
            }
        }
        throw new ClusterException("no free TCP port from " + LOWEST + " to " + end);
    }

    private static boolean hold(int port) {
        try {
            SocketChannel socket = SocketChannel.open();
            try {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                HELD.add(socket);
                return true;
            } catch (IOException taken) {
                socket.close();
                return false;
            }
        } catch (IOException e) {
            throw new ClusterException("no socket: " + e.getMessage());
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
