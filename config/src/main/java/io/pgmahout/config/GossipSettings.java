package io.pgmahout.config;

import java.util.List;
import java.util.Optional;

/** How agents talk to each other. {@code peers} may name this member too. */
public record GossipSettings(
        HostAndPort listen,
        Optional<HostAndPort> advertise,
        List<HostAndPort> peers,
        boolean plainText,
        Optional<TlsSettings> tls) {
    public GossipSettings {
        peers = List.copyOf(peers);
    }

    /** The address under which other members reach this one. */
    public HostAndPort reachableAt() {
        return advertise.orElse(listen);
    }
}
