package io.pgmahout.agent.model;

/** A stretch of write-ahead log, at most as long as one message carries. */
public record WalRange(Timeline timeline, Lsn from, int length) {

    /** Half a frame of the gossip protocol: a heartbeat waits for no more than one. */
    public static final int MAX_LENGTH = 32 * 1024;

    public WalRange {
        if (length < 1 || length > MAX_LENGTH) {
            throw new IllegalArgumentException("a piece of WAL has 1 to " + MAX_LENGTH + " bytes, not " + length);
        }
    }
}
