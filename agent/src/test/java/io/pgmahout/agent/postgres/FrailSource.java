package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A member's server as seen through a line that ends after so many connections, or bytes of its last one. */
final class FrailSource implements AutoCloseable {

    private final TestMember of;
    private final ServerSocket server;
    private final int connections;
    private final long bytesOfLast;

    FrailSource(TestMember of, int connections, long bytesOfLast) throws IOException {
        this.of = of;
        this.connections = connections;
        this.bytesOfLast = bytesOfLast;
        this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    Source source() {
        return new Source(of.name, "127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        try {
            for (int i = 1; i <= connections; i++) {
                Socket client = server.accept();
                Socket member = new Socket(InetAddress.getLoopbackAddress(), of.settings.port());
                long limit = i == connections ? bytesOfLast : Long.MAX_VALUE;
                Thread.ofVirtual().start(() -> pass(client, member, Long.MAX_VALUE));
                Thread.ofVirtual().start(() -> pass(member, client, limit));
            }
            server.close();
        } catch (IOException e) {
            // The test has ended.
            close();
        }
    }

    private static void pass(Socket from, Socket to, long limit) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[8192];
            long left = limit;
            for (int n = in.read(buffer); n >= 0 && left > 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                left -= n;
            }
        } catch (IOException e) {
            // One side has gone, and closing takes the other with it.
            return;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
