package io.pgmahout.protocol;

import java.io.Serial;

/** Bytes that are not a frame: the connection they came from is of no further use. */
final class BadFrameException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    BadFrameException(String message) {
        super(message, null, false, false);
    }
}
