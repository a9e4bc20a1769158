package io.pgmahout.config;

import java.util.Optional;

/** The admin HTTP port. Beyond loopback it has a token and TLS. */
public record AdminSettings(
        HostAndPort listen, Optional<HostAndPort> advertise, Optional<Secret> token, Optional<TlsSettings> tls) {
    /** The address under which other members reach this one. */
    public HostAndPort reachableAt() {
        return advertise.orElse(listen);
    }
}
