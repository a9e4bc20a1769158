package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;

/** How a message waits for its turn: those of the first kinds go before all others, one place for each. */
enum MessageKind {
    /** The newest wins; goes first. */
    HEARTBEAT,
    /** The newest wins; goes second. */
    HEARTBEAT_ACK,
    /** Every one is sent, in order. */
    ORDERED,
    /** The newest wins; goes last. */
    MEMBER_REPORT,
    /** The transport's own, which nobody else may send. */
    INTERNAL,
    /** No body, or one that this version does not know. */
    UNKNOWN;

    static MessageKind of(Envelope message) {
        return switch (message.getBodyCase()) {
            case HEARTBEAT -> HEARTBEAT;
            case HEARTBEAT_ACK -> HEARTBEAT_ACK;
            case MEMBER_REPORT -> MEMBER_REPORT;
            case HEARTBEAT_REFUSED,
                    PROMISE_REQUEST,
                    PROMISE,
                    FAREWELL,
                    REPORT_REQUEST,
                    WAL_OFFER,
                    WAL_REFUSAL,
                    WAL_REQUEST,
                    WAL -> ORDERED;
            case HELLO, HELLO_REFUSED, SUPERSEDED, KEEP_ALIVE -> INTERNAL;
            case BODY_NOT_SET -> UNKNOWN;
        };
    }
}
