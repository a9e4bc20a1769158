package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Hello;
import io.pgmahout.protocol.v1.HelloRefused.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a hello is acceptable. The version comes first, since the rest of a hello of a version that
 * nobody here knows means nothing.
 */
final class HelloCheck {
    /** The oldest version of the protocol that this agent speaks. */
    static final int PROTOCOL_MIN = 1;

    /** The newest version of the protocol that this agent speaks. */
    static final int PROTOCOL_MAX = 1;

    /** What a hello led to. */
    sealed interface Outcome {
        record Accepted(PeerIdentity peer) implements Outcome {}

        record Refused(Reason reason, String text) implements Outcome {}
    }

    private final LocalIdentity local;
    private final long session;

    HelloCheck(LocalIdentity local, long session) {
        this.local = local;
        this.session = session;
    }

    /** The hello that this agent sends. */
    Hello ours() {
        return Hello.newBuilder()
                .setProtocolMin(PROTOCOL_MIN)
                .setProtocolMax(PROTOCOL_MAX)
                .setCluster(local.cluster())
                .setMember(local.member())
                .setVoterId(local.voterId())
                .setIncarnation(local.incarnation())
                .setSession(session)
                .setPostgresAddress(local.postgresAddress())
                .setAdminAddress(local.adminAddress())
                .setGossipAddress(local.gossipAddress())
                .setAgentVersion(local.agentVersion())
                .build();
    }

    /** Judges a peer's hello; {@code certificate} is what TLS proved about the peer, null in plain text. */
    Outcome check(Hello hello, @Nullable CertificateNames certificate) {
        int min = hello.getProtocolMin();
        int max = hello.getProtocolMax();
        if (min < 1 || max < min) {
            return new Outcome.Refused(Reason.REASON_MALFORMED, "the hello names no range of protocol versions");
        }
        if (min > PROTOCOL_MAX || max < PROTOCOL_MIN) {
            return new Outcome.Refused(
                    Reason.REASON_UNSUPPORTED_VERSION,
                    "protocol versions " + PROTOCOL_MIN + " to " + PROTOCOL_MAX + " are spoken here, not " + min
                            + " to " + max);
        }
        String wrong = unusableField(hello);
        if (wrong != null) {
            return new Outcome.Refused(Reason.REASON_MALFORMED, "the hello's " + wrong + " is not usable");
        }
        if (!hello.getCluster().equals(local.cluster())) {
            return new Outcome.Refused(
                    Reason.REASON_OTHER_CLUSTER, "this is cluster " + local.cluster() + ", not " + hello.getCluster());
        }
        if (certificate != null && !certificate.names(hello.getCluster(), hello.getMember())) {
            return new Outcome.Refused(
                    Reason.REASON_CERTIFICATE,
                    "the certificate does not name member " + hello.getMember() + " of cluster " + hello.getCluster());
        }
        if (hello.getMember().equals(local.member())) {
            return ownName(hello);
        }
        if (hello.getVoterId().equals(local.voterId())) {
            return new Outcome.Refused(
                    Reason.REASON_NAME_TAKEN,
                    "member " + hello.getMember() + " bears the voter id of member " + local.member()
                            + ": its state directory is a copy");
        }
        return new Outcome.Accepted(new PeerIdentity(
                hello.getMember(),
                hello.getVoterId(),
                hello.getIncarnation(),
                hello.getSession(),
                Math.min(max, PROTOCOL_MAX),
                hello.getPostgresAddress(),
                hello.getAdminAddress(),
                hello.getGossipAddress(),
                hello.getAgentVersion()));
    }

    private Outcome ownName(Hello hello) {
        if (hello.getSession() == session) {
            return new Outcome.Refused(Reason.REASON_SELF, "this is the same agent");
        }
        String whose = hello.getVoterId().equals(local.voterId()) ? "the same" : "another";
        return new Outcome.Refused(
                Reason.REASON_NAME_TAKEN,
                "another agent, with " + whose + " voter id, already is member " + local.member());
    }

    private static @Nullable String unusableField(Hello hello) {
        if (!LocalIdentity.isName(hello.getCluster())) {
            return "cluster";
        }
        if (!LocalIdentity.isName(hello.getMember())) {
            return "member";
        }
        if (!LocalIdentity.isName(hello.getVoterId())) {
            return "voter id";
        }
        if (!LocalIdentity.isName(hello.getIncarnation())) {
            return "incarnation";
        }
        boolean texts = LocalIdentity.isText(hello.getPostgresAddress())
                && LocalIdentity.isText(hello.getAdminAddress())
                && LocalIdentity.isText(hello.getGossipAddress())
                && LocalIdentity.isText(hello.getAgentVersion());
        return texts ? null : "address or version";
    }
}
