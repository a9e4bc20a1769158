package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.HelloRefused;
import io.pgmahout.protocol.v1.HelloRefused.Reason;

/** What a connection reports, always on the event loop. */
interface ConnectionOwner {
    /** There is a TCP connection. */
    void opened(Connection connection);

    /** Bytes began to flow (after the TLS handshake, if there is one): the dialer now says hello. */
    void ready(Connection connection);

    /** The first message came; it may be anything. */
    void greeted(Connection connection, Envelope first);

    /** A message after the hello. */
    void received(Connection connection, Envelope message);

    /** The peer refused the hello; the connection is closed. */
    void refusedByPeer(Connection connection, HelloRefused refused);

    /** The peer was refused, or its TLS, before it could be told so. */
    void refused(Connection connection, Reason reason, boolean byPeer, String text);

    /** Bytes came that are not a message; the connection is closed. */
    void badData(Connection connection, String text);

    /** The connection can take the next message. */
    void writable(Connection connection);

    /** The connection ended; told once, whatever it went through. */
    void closed(Connection connection, DisconnectCause cause);
}
