package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one peer: the newest heartbeat, acknowledgement and report, and a bounded queue of the rest.
 * Takes messages from any thread; the event loop takes them out, heartbeats first, one at a time, so a heartbeat waits
 * for at most the one message that is being written.
 */
final class Outbox {
    /** What became of a message that was put in. */
    enum Added {
        /** It waits. */
        QUEUED,
        /** It waits, in place of an older one of its kind. */
        REPLACED_OLDER,
        /** It waits, and the oldest of the queue was dropped for it. */
        DROPPED_OLDEST
    }

    private final int limit;
    private final ArrayDeque<Envelope> ordered = new ArrayDeque<>();
    private @Nullable Envelope heartbeat;
    private @Nullable Envelope acknowledgement;
    private @Nullable Envelope report;

    Outbox(int limit) {
        this.limit = limit;
    }

    synchronized Added add(MessageKind kind, Envelope message) {
        return switch (kind) {
            case HEARTBEAT -> {
                Added added = added(heartbeat);
                heartbeat = message;
                yield added;
            }
            case HEARTBEAT_ACK -> {
                Added added = added(acknowledgement);
                acknowledgement = message;
                yield added;
            }
            case MEMBER_REPORT -> {
                Added added = added(report);
                report = message;
                yield added;
            }
            case ORDERED -> {
                boolean full = ordered.size() == limit;
                if (full) {
                    ordered.removeFirst();
                }
                ordered.addLast(message);
                yield full ? Added.DROPPED_OLDEST : Added.QUEUED;
            }
            case INTERNAL, UNKNOWN -> throw new IllegalArgumentException("not a message to send: " + kind);
        };
    }

    /** The next message to write, or null when there is none. */
    synchronized @Nullable Envelope poll() {
        Envelope next;
        if (heartbeat != null) {
            next = heartbeat;
            heartbeat = null;
        } else if (acknowledgement != null) {
            next = acknowledgement;
            acknowledgement = null;
        } else if (!ordered.isEmpty()) {
            next = ordered.removeFirst();
        } else {
            next = report;
            report = null;
        }
        return next;
    }

    synchronized boolean isEmpty() {
        return heartbeat == null && acknowledgement == null && report == null && ordered.isEmpty();
    }

    synchronized void clear() {
        heartbeat = null;
        acknowledgement = null;
        report = null;
        ordered.clear();
    }

    private static Added added(@Nullable Envelope older) {
        return older == null ? Added.QUEUED : Added.REPLACED_OLDER;
    }
}
