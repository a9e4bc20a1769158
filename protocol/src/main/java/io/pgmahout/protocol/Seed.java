package io.pgmahout.protocol;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** An address to dial and what is known about it. Event loop only; its {@link Dialer} changes it. */
final class Seed {
    private final PeerAddress address;

    /** Who answered there last; while that member is connected the address is left alone. */
    @Nullable
    String member;

    /** What the name resolved to last; used again when the resolver is slow or silent. */
    @Nullable
    InetAddress resolved;

    /** True from the decision to dial until the connection is established or has failed. */
    boolean busy;

    /** Failed attempts in a row. */
    int failures;

    /** No attempt before this instant of the monotonic clock. */
    long notBeforeNanos = System.nanoTime();

    Seed(PeerAddress address) {
        this.address = address;
    }

    PeerAddress address() {
        return address;
    }
}
