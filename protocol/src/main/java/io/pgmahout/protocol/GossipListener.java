package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;

/**
 * What a transport tells. All calls come from its one event loop thread, one at a time; none may block, and a
 * call that throws goes to that thread's uncaught exception handler, for it is a programmer's error.
 *
 * <p>For each peer calls alternate: connected, messages, disconnected. A connection that is replaced by
 * another of the same run of the same peer is not told.
 */
public interface GossipListener {

    /**
     * A message of a peer between its {@code onConnected} and {@code onDisconnected}. Never a hello or anything else
     * of the transport's own. Its content is what the peer wrote: syntactically valid, otherwise unchecked.
     */
    void onMessage(PeerIdentity peer, Envelope message);

    /** A peer can be sent to, from now on. */
    void onConnected(PeerIdentity peer);

    /** The last connection to a peer ended; what still waited for it is dropped. Attempts to connect go on. */
    void onDisconnected(PeerIdentity peer, DisconnectCause cause);

    /** A connection was refused by either side; told once for each address and kind a minute. */
    void onRefused(Refusal refusal);

    /** Bytes came that are no message, and their connection was closed; told once for each address a minute. */
    void onBadData(String address, String text);

    /**
     * There are more connections on which nobody has said hello than are kept; told once a minute.
     *
     * @param address whose oldest was closed for a new one
     * @param closed how many were, since the start
     */
    void onCrowded(String address, long closed);
}
