package io.pgmahout.tests.cluster;

/** A cluster on this machine did not do what was asked of it; the message is for the person who asked. */
public final class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClusterException(String message) {
        super(message);
    }

    public ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
