package io.pgmahout.agent.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a store and a server on loopback, and breaks what a test wants broken. */
final class TcpProxy implements AutoCloseable {

    /** What happens to requests for the path. */
    enum Fault {
        NONE,
        /** The connection ends when the request arrives here; the server never sees it. */
        CUT_BEFORE,
        /** The server answers, and the connection ends before the answer arrives. */
        CUT_AFTER,
        /** The server answers, and nothing arrives. */
        MUTE,
        /** Every connection ends at once. */
        DOWN
    }

    private final ServerSocket listener;
    private final int target;
    private final byte[] head;
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Fault fault = Fault.NONE;

    /** Counts and breaks requests for {@code path}; passes on all else. */
    TcpProxy(int target, String path) throws IOException {
        this.target = target;
        this.head = ("POST " + path + " ").getBytes(StandardCharsets.US_ASCII);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    void fault(Fault next) {
        fault = next;
        if (next == Fault.DOWN) {
            sockets.forEach(TcpProxy::end);
        }
    }

    /** How many requests for the path came here. */
    int requests() {
        return requests.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(TcpProxy::end);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (fault == Fault.DOWN) {
                    end(client);
                    continue;
                }
                Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
                sockets.add(link.client);
                sockets.add(link.server);
                Thread.ofVirtual().start(link::requests);
                Thread.ofVirtual().start(link::answers);
            }
        } catch (IOException e) {
            sockets.forEach(TcpProxy::end);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection and its continuation. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean concerned;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() {
            byte[] chunk = new byte[1 << 16];
            try (InputStream in = client.getInputStream();
                    OutputStream out = server.getOutputStream()) {
                for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
                    if (startsWithHead(chunk, read)) {
                        requests.incrementAndGet();
                        concerned = true;
                        if (fault == Fault.CUT_BEFORE) {
                            break;
                        }
                    }
                    out.write(chunk, 0, read);
                }
            } catch (IOException e) {
                concerned = false;
            } finally {
                end(client);
                end(server);
            }
        }

        void answers() {
            byte[] chunk = new byte[1 << 16];
            try (InputStream in = server.getInputStream();
                    OutputStream out = client.getOutputStream()) {
                for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
                    if (concerned && fault == Fault.CUT_AFTER) {
                        break;
                    }
                    if (!concerned || fault != Fault.MUTE) {
                        out.write(chunk, 0, read);
                    }
                }
            } catch (IOException e) {
                concerned = false;
            } finally {
                end(client);
                end(server);
            }
        }

        private boolean startsWithHead(byte[] chunk, int read) {
            return read >= head.length && Arrays.equals(chunk, 0, head.length, head, 0, head.length);
        }
    }
}
