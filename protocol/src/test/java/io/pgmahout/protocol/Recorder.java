package io.pgmahout.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Stands between a dialer and a port and writes down what the dialer sends on its first connection. */
final class Recorder implements AutoCloseable {
    private final ServerSocket listener = RawPeer.listen();
    private final int port;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private volatile @Nullable Socket dialer;

    Recorder(int port) throws IOException {
        this.port = port;
        Thread.ofVirtual().start(this::pass);
    }

    PeerAddress address() {
        return new PeerAddress("127.0.0.1", listener.getLocalPort());
    }

    /** All so far. */
    byte[] sent() {
        synchronized (sent) {
            return sent.toByteArray();
        }
    }

    private void pass() {
        try (Socket from = listener.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), port)) {
            dialer = from;
            Thread.ofVirtual().start(() -> copy(to, from, false));
            copy(from, to, true);
        } catch (IOException ended) {
            // Either end closed: there is no more to record.
        }
    }

    private void copy(Socket from, Socket to, boolean recorded) {
        byte[] buffer = new byte[8_192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (recorded) {
                    synchronized (sent) {
                        sent.write(buffer, 0, count);
                    }
                }
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            // As above.
        }
    }

    /** Ends the connection. */
    void hangUp() throws IOException {
        Socket open = dialer;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hangUp();
    }
}
