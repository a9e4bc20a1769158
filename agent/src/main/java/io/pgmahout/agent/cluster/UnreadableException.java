package io.pgmahout.agent.cluster;

/** Text that is not what it should be. */
final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    UnreadableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    UnreadableException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** Where and why, as part of a sentence. */
    String reason() {
        return reason;
    }
}
