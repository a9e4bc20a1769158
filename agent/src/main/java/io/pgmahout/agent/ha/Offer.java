package io.pgmahout.agent.ha;

/**
 * WAL that the holder offered to this member.
 *
 * @param atMs when it was last offered
 */
record Offer(Peer from, Message.WalOffer what, long atMs) {

    /** One that was not repeated for so long does not stand any more. */
    static final long STANDS_MS = 500;
}
