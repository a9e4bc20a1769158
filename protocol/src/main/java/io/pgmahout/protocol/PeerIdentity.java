package io.pgmahout.protocol;

/**
 * Who is at the other end of a connection, by its hello and, with TLS, by its certificate. Every message of the
 * connection is this peer's; messages carry no sender of their own that anybody should believe.
 *
 * @param member name of the member
 * @param voterId id that lies with its promise file
 * @param incarnation id of its gate's run
 * @param session id of its agent's run
 * @param protocol version of the protocol that both sides speak
 * @param postgresAddress host:port, or empty
 * @param adminAddress host:port, or empty
 * @param gossipAddress host:port, or empty
 * @param agentVersion for people
 */
public record PeerIdentity(
        String member,
        String voterId,
        String incarnation,
        long session,
        int protocol,
        String postgresAddress,
        String adminAddress,
        String gossipAddress,
        String agentVersion) {

    /** True when both describe the same run of the same agent. */
    boolean sameRun(PeerIdentity other) {
        return session == other.session
                && member.equals(other.member)
                && incarnation.equals(other.incarnation)
                && voterId.equals(other.voterId);
    }
}
