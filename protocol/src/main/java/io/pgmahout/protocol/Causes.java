package io.pgmahout.protocol;

import java.io.IOException;
import java.util.Locale;

/** Reads from an I/O error what the kernel said; the JDK passes it on in words only. */
final class Causes {
    private Causes() {}

    /**
     * RESET for ECONNRESET and EPIPE (a write after the peer's reset), TIMEOUT for ETIMEDOUT and unreachable networks,
     * else CLOSED.
     */
    static DisconnectCause of(IOException failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("reset") || text.contains("broken pipe")) {
            return DisconnectCause.RESET;
        }
        if (text.contains("timed out") || text.contains("no route") || text.contains("unreachable")) {
            return DisconnectCause.TIMEOUT;
        }
        return DisconnectCause.CLOSED;
    }
}
