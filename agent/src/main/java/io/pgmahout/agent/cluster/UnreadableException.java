package io.pgmahout.agent.cluster;

/** Text that is not what it should be; the message says, as part of a sentence, where and why. */
final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }

    UnreadableException(String message, Throwable cause) {
        super(message, cause);
    }
}
