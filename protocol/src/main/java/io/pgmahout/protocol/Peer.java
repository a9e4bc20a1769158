package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Superseded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One member at the other end of one connection, or of two while the pair settles.
 *
 * <p>Both sides may dial at the same moment. The member whose name sorts first decides, alone: it keeps the connection
 * whose hellos it finished last, for that one is known to be alive most recently, tells so on the other
 * ({@code Superseded}) and closes that after a grace. The other member sends on its newest connection until it is
 * told, and closes what was superseded once it has another. So at no time do both close one each, and a
 * connection that only one side still believes in cannot keep a new one out.
 *
 * <p>Event loop only, but for the outbox.
 */
final class Peer {
    /** Connections of one run of a peer: two while a pair settles, one more in a very odd case. */
    private static final int LIMIT = 3;

    private final String member;
    private final boolean decidesHere;
    private final Outbox outbox;
    private final AtomicBoolean pumpRequested = new AtomicBoolean();
    private final List<Connection> connections = new ArrayList<>(2);
    private @Nullable Connection active;

    Peer(String member, boolean decidesHere, int outboxLimit) {
        this.member = member;
        this.decidesHere = decidesHere;
        this.outbox = new Outbox(outboxLimit);
    }

    String member() {
        return member;
    }

    Outbox outbox() {
        return outbox;
    }

    /** The peer as its newest connection knows it, or null when there is none. */
    @Nullable
    PeerIdentity identity() {
        return active == null ? null : active.identity();
    }

    /** Takes a connection that was established. Returns true when an older one was given up for it. */
    boolean add(Connection connection) {
        Connection older = active;
        active = connection;
        connections.add(connection);
        if (connections.size() > LIMIT) {
            connections.removeFirst().close(DisconnectCause.LOCAL);
        }
        if (older == null) {
            return false;
        }
        if (decidesHere) {
            older.write(Envelope.newBuilder()
                    .setSuperseded(Superseded.getDefaultInstance())
                    .build());
            older.retire();
            return true;
        }
        closeRetired();
        return false;
    }

    /** The deciding member gave this connection up. */
    void superseded(Connection connection) {
        if (decidesHere || connection.stage() != Connection.Stage.ESTABLISHED) {
            return;
        }
        connection.retire();
        if (connection == active) {
            for (Connection other : connections) {
                if (other.stage() == Connection.Stage.ESTABLISHED) {
                    active = other;
                }
            }
        }
        if (connection != active) {
            closeRetired();
        }
    }

    /** Forgets a connection that ended. Returns true when it was the last one that mattered. */
    boolean remove(Connection connection) {
        connections.remove(connection);
        if (connection != active) {
            return false;
        }
        active = null;
        for (Connection other : connections) {
            if (other.stage() == Connection.Stage.ESTABLISHED) {
                active = other;
            }
        }
        return active == null;
    }

    /** Closes all that is left. */
    void closeAll(DisconnectCause cause) {
        for (Connection connection : List.copyOf(connections)) {
            connection.close(cause);
        }
        connections.clear();
        active = null;
        outbox.clear();
    }

    /** True for the first caller since the last {@link #pump}: that one has to see to the next. Any thread. */
    boolean requestPump() {
        return pumpRequested.compareAndSet(false, true);
    }

    /** True when nothing waits and nothing is being written. */
    boolean isDrained() {
        return outbox.isEmpty() && (active == null || active.isQuiet());
    }

    /** Looks at the deadlines of all its connections. */
    void tick(long nowNanos, long lateNanos) {
        for (Connection connection : List.copyOf(connections)) {
            connection.tick(nowNanos, lateNanos);
        }
        pump();
    }

    /** Writes the next message if the connection can take one. */
    void pump() {
        pumpRequested.set(false);
        if (active != null && active.canWrite()) {
            Envelope next = outbox.poll();
            if (next != null) {
                active.write(next);
            }
        }
    }

    private void closeRetired() {
        for (Connection connection : List.copyOf(connections)) {
            if (connection.stage() == Connection.Stage.RETIRED && connection != active) {
                connection.close(DisconnectCause.LOCAL);
            }
        }
    }
}
