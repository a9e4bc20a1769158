package io.pgmahout.config;

import java.util.List;

/** The admin HTTP port. */
final class AdminKeys {
    static final Key<HostAndPort> LISTEN = Key.standard(
            "admin.listen",
            Types.LISTENER,
            "127.0.0.1:8008",
            "Where the admin HTTP port listens.",
            s -> s.admin().listen());
    static final Key<HostAndPort> ADVERTISE = Key.optional(
            "admin.advertise",
            Types.REACHABLE,
            "Where other members reach the admin port, when that is not admin.listen.",
            s -> s.admin().advertise());
    static final Key<Secret> TOKEN = Key.secret(
                    "admin.token-file",
                    "File with the token that requests which change something must carry, the same for all members.",
                    s -> s.admin().token())
            .onReload();
    static final TlsKeys TLS =
            TlsKeys.of("admin.tls", "the admin port", s -> s.admin().tls());

    static final List<Key<?>> ALL =
            List.of(LISTEN, ADVERTISE, TOKEN, TLS.caFile(), TLS.certificateFile(), TLS.keyFile());

    private AdminKeys() {}

    static AdminSettings from(Values values) {
        return new AdminSettings(values.get(LISTEN), values.find(ADVERTISE), values.find(TOKEN), TLS.from(values));
    }
}
