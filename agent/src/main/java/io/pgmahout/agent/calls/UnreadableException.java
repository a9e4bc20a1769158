package io.pgmahout.agent.calls;

/** Text that is not what it should be. */
public final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    public UnreadableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    public UnreadableException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** Where and why, as part of a sentence. */
    public String reason() {
        return reason;
    }
}
