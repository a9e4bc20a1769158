package io.pgmahout.agent.admin;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.protocol.RenewedContext;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * How the admin port is reached and guarded.
 *
 * @param token what a request must carry as bearer token now, asked for each; the same on all members
 * @param tls of the listener, which looks every two seconds whether its files have changed
 * @param peerTls trusts the other members' listeners
 */
public record AdminOptions(
        MemberName member,
        InetSocketAddress listen,
        Supplier<Optional<String>> token,
        Optional<RenewedContext> tls,
        Optional<SSLContext> peerTls,
        Limits limits) {

    /**
     * Bounds on what one client may take.
     *
     * @param requestMs from a request's first byte, or the connection's beginning, to its last byte
     * @param idleMs between two requests of a connection
     * @param answerMs how long a short command may take before it is answered with 202
     * @param postsPerSecond commands, of all clients, on average; twice as many at once
     */
    public record Limits(
            int bodyBytes,
            int headerBytes,
            int connections,
            int requestMs,
            int idleMs,
            int answerMs,
            int forwardMs,
            int postsPerSecond) {
        public static final Limits DEFAULT = new Limits(16_384, 8_192, 256, 5_000, 30_000, 5_000, 7_000, 10);
    }

    public AdminOptions {
        if (listen.isUnresolved()) {
            throw new IllegalArgumentException("no address of this machine: " + listen);
        }
        if (!listen.getAddress().isLoopbackAddress() && (token.get().isEmpty() || tls.isEmpty())) {
            throw new IllegalArgumentException("an admin port beyond loopback needs a token and TLS");
        }
    }

    /** A port for this machine alone, without token or TLS. */
    public static AdminOptions local(MemberName member, InetSocketAddress listen) {
        return new AdminOptions(member, listen, Optional::empty, Optional.empty(), Optional.empty(), Limits.DEFAULT);
    }
}
