package io.pgmahout.protocol;

/**
 * A connection that ended before both sides accepted each other.
 *
 * @param address host:port of the other side
 * @param kind why
 * @param byPeer true when the peer refused us, false when we refused the peer
 * @param text for people: one sentence, printable ASCII
 */
public record Refusal(String address, Kind kind, boolean byPeer, String text) {

    /** Why a connection was refused. */
    public enum Kind {
        /** What came was not a hello, or one with unusable fields. */
        MALFORMED,
        /** The peer belongs to another cluster. */
        OTHER_CLUSTER,
        /** The two share no version of the protocol. */
        UNSUPPORTED_VERSION,
        /** Another agent uses this member's name. */
        NAME_TAKEN,
        /** The peer is this agent itself. */
        SELF,
        /** The peer's certificate is not trusted, has run out, or names another member or cluster. */
        CERTIFICATE,
        /** More peers than the limit. */
        TOO_MANY,
        /** Plain text would leave the machine and was not allowed to. */
        PLAIN_TEXT
    }
}
