package io.pgmahout.tests.acceptance;

import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Hello;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Strangers at the ports of agents: garbage, half of what is valid, a byte at a time, hellos of others; until it is closed. */
final class Assault implements AutoCloseable {

    private static final int LIMIT_MS = 2_000;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final int OPEN_AT_ONCE = 400;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong connections = new AtomicLong();
    private volatile boolean over;

    /** One connection after the other. */
    private interface Stranger {
        void speak(Socket socket, Random random) throws IOException;
    }

    /** On a gossip port; {@code cluster} and {@code member} are there. */
    void onGossip(String address, String cluster, String member) {
        begin(address, Assault::garbage);
        begin(address, (socket, random) -> half(socket, frame(hello(cluster, "n9")), random));
        begin(address, (socket, random) -> slowly(socket, frame(hello(cluster, "n9"))));
        begin(address, (socket, random) -> whole(socket, frame(hello("another", "n9"))));
        begin(address, (socket, random) -> whole(socket, frame(hello(cluster, member))));
    }

    /** On an admin port. */
    void onAdmin(String address) {
        byte[] post =
                ("POST /pause HTTP/1.1\r\nHost: elsewhere\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
                                + " ".repeat(800))
                        .getBytes(StandardCharsets.US_ASCII);
        begin(address, Assault::garbage);
        begin(address, (socket, random) -> half(socket, post, random));
        begin(address, (socket, random) -> slowly(socket, post));
        begin(
                address,
                (socket, random) ->
                        whole(socket, "DELETE /%ff HTTP/9.9\r\n\r\n".repeat(30).getBytes(StandardCharsets.US_ASCII)));
    }

    /** How many connections were opened so far. */
    long connections() {
        return connections.get();
    }

    private void begin(String address, Stranger stranger) {
        Random random = new Random(threads.size());
        threads.add(Thread.ofPlatform().daemon().name("stranger").start(() -> {
            while (!over) {
                try (Socket socket = dial(address)) {
                    connections.incrementAndGet();
                    stranger.speak(socket, random);
                } catch (IOException closed) {
                    // That is what was to be expected.
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }));
    }

    private static void garbage(Socket socket, Random random) throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(8_000)];
        random.nextBytes(bytes);
        whole(socket, bytes);
    }

    private static void whole(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getInputStream().readAllBytes();
    }

    private static void half(Socket socket, byte[] bytes, Random random) throws IOException {
        socket.getOutputStream().write(bytes, 0, random.nextInt(bytes.length));
        socket.getInputStream().readAllBytes();
    }

    private void slowly(Socket socket, byte[] bytes) throws IOException {
        for (byte one : bytes) {
            if (over) {
                return;
            }
            socket.getOutputStream().write(one);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        socket.getInputStream().readAllBytes();
    }

    /** Opens so many connections, and keeps the newest of them. */
    static void flood(String address, int count) throws IOException {
        Deque<Socket> open = new ArrayDeque<>();
        try {
            for (int i = 0; i < count; i++) {
                open.add(dial(address));
                if (open.size() > OPEN_AT_ONCE) {
                    open.remove().close();
                }
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static Socket dial(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                LIMIT_MS);
        socket.setSoTimeout(LIMIT_MS);
        return socket;
    }

    private static Envelope hello(String cluster, String member) {
        return Envelope.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolMin(1)
                        .setProtocolMax(1)
                        .setCluster(cluster)
                        .setMember(member)
                        .setVoterId("stranger")
                        .setIncarnation("stranger")
                        .setSession(1))
                .build();
    }

    private static byte[] frame(Envelope message) {
        byte[] body = message.toByteArray();
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** Ends it, and waits until nobody speaks any more. */
    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
