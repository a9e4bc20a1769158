package io.pgmahout.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A TCP port on loopback that is this process's until it ends, whether a server listens at it or is down: a socket that
 * is bound and does not listen holds it. A server binds beside it, since both have SO_REUSEADDR, as servers do on Linux.
 */
public final class OwnPort {

    private static final Queue<SocketChannel> HELD = new ConcurrentLinkedQueue<>();

    private OwnPort() {}

    public static int next() throws IOException {
        SocketChannel socket = SocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        HELD.add(socket);
        return ((InetSocketAddress) socket.getLocalAddress()).getPort();
    }
}
