package io.pgmahout.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pgmahout.protocol.v1.Envelope;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** The other end of a connection, byte by byte. */
final class RawPeer implements AutoCloseable {
    private static final int LIMIT_MS = 10_000;
    final Socket socket;
    private final DataInputStream in;

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MS);
        this.in = new DataInputStream(socket.getInputStream());
    }

    static RawPeer dial(Node node) throws IOException {
        return new RawPeer(new Socket(InetAddress.getLoopbackAddress(), node.transport.port()));
    }

    /** Dials from another address of loopback. */
    static RawPeer dialFrom(String host, Node node) throws IOException {
        return new RawPeer(
                new Socket(InetAddress.getLoopbackAddress(), node.transport.port(), InetAddress.getByName(host), 0));
    }

    /** Dials with a receive buffer so small that little fits in. */
    static RawPeer dialNarrow(Node node) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(2048);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.transport.port()), LIMIT_MS);
        return new RawPeer(socket);
    }

    static ServerSocket listen() throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout(LIMIT_MS);
        return server;
    }

    /** Dials and says hello; the node has answered with its own. */
    static RawPeer member(Node node, String member, long session) throws IOException {
        RawPeer peer = dial(node);
        peer.send(Messages.envelope(Messages.hello("demo", member, session)));
        if (!peer.read().hasHello()) {
            throw new IOException("refused");
        }
        return peer;
    }

    void send(Envelope message) throws IOException {
        ByteBuf frame = Frames.encode(UnpooledByteBufAllocator.DEFAULT, message);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        send(bytes);
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** The next message; EOFException at the end. */
    Envelope read() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return Envelope.parseFrom(bytes);
    }

    /** The next message that is not a keep-alive. */
    Envelope readNews() throws IOException {
        Envelope next = read();
        while (next.hasKeepAlive()) {
            next = read();
        }
        return next;
    }

    /** Reads until the other side closes; true for an end in order, false for a reset. */
    boolean readToEnd() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException e) {
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Closes with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
