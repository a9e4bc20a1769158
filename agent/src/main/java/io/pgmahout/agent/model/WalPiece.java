package io.pgmahout.agent.model;

/** Bytes of write-ahead log, fewer than were asked for where they are not there. Nobody changes them. */
public final class WalPiece {

    private final Timeline timeline;
    private final Lsn from;
    private final byte[] content;

    /** @param content belongs to the piece from now on */
    public WalPiece(Timeline timeline, Lsn from, byte[] content) {
        this.timeline = timeline;
        this.from = from;
        this.content = content;
    }

    public Timeline timeline() {
        return timeline;
    }

    public Lsn from() {
        return from;
    }

    /** The bytes themselves, no copy. */
    public byte[] content() {
        return content;
    }

    @Override
    public String toString() {
        return content.length + " bytes from " + from + " of timeline " + timeline;
    }
}
