package io.pgmahout.protocol;

/** Why the last connection to a peer ended, as seen from here. */
public enum DisconnectCause {
    /** The peer closed in order (FIN), or its kernel did when its process ended. */
    CLOSED,
    /** The connection was reset (RST): the peer's process died with data unread, or its port is gone. */
    RESET,
    /** Nothing came for the idle limit, or the network gave up. */
    TIMEOUT,
    /** The peer did not take one message within the drain limit. */
    STALLED,
    /** Another run of the same member connected. */
    REPLACED,
    /** The peer refused our hello. */
    REFUSED_HELLO,
    /** The peer sent what is not a message. */
    BAD_DATA,
    /** This side closed. */
    LOCAL
}
