package io.pgmahout.agent.gossip;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.model.MemberName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The second look: whether a machine still answers on its postgres port. Nothing is sent over the connection. */
public final class PortLook implements AutoCloseable {

    /** Looks come every 50 ms; one that takes longer than a few of them says no. */
    private static final int LIMIT_MS = 150;

    private final ThreadPoolExecutor threads;
    private final Consumer<Event> events;

    public PortLook(Consumer<Event> events) {
        this.events = events;
        threads = new ThreadPoolExecutor(
                4,
                4,
                5,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(8),
                task -> Thread.ofPlatform().daemon().name("second-look").unstarted(task),
                new ThreadPoolExecutor.DiscardOldestPolicy());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Ends in one {@link Event.Looked}, or in none when too many looks wait already. */
    public void look(MemberName member, String address) {
        threads.execute(() -> events.accept(new Event.Looked(member, answers(address))));
    }

    static boolean answers(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            return false;
        }
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(host, Integer.parseInt(address, colon + 1, address.length(), 10)), LIMIT_MS);
            return true;
        } catch (IOException refusedOrSilent) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
