package io.pgmahout.config;

import java.util.List;

/** How agents talk to each other. */
final class GossipKeys {
    static final Key<HostAndPort> LISTEN = Key.standard(
            "gossip.listen",
            Types.LISTENER,
            "0.0.0.0:8010",
            "Where the agent listens for other agents.",
            s -> s.gossip().listen());
    static final Key<HostAndPort> ADVERTISE = Key.optional(
            "gossip.advertise",
            Types.REACHABLE,
            "Where other agents reach this one, when that is not gossip.listen.",
            s -> s.gossip().advertise());
    static final Key<List<HostAndPort>> PEERS = Key.standard(
            "gossip.peers",
            Types.listOf(Types.REACHABLE, 64),
            "",
            "Gossip addresses of the other members; this member may be among them.",
            s -> s.gossip().peers());
    static final Key<Boolean> PLAIN_TEXT = Key.standard(
            "gossip.plain-text",
            Types.BOOLEAN,
            "false",
            "Whether gossip may go beyond loopback without TLS, readable and forgeable by whoever is on the network.",
            s -> s.gossip().plainText());
    static final TlsKeys TLS =
            TlsKeys.of("gossip.tls", "gossip", s -> s.gossip().tls());

    static final List<Key<?>> ALL =
            List.of(LISTEN, ADVERTISE, PEERS, PLAIN_TEXT, TLS.caFile(), TLS.certificateFile(), TLS.keyFile());

    private GossipKeys() {}

    static GossipSettings from(Values values) {
        return new GossipSettings(
                values.get(LISTEN),
                values.find(ADVERTISE),
                values.get(PEERS),
                values.get(PLAIN_TEXT),
                TLS.from(values));
    }
}
