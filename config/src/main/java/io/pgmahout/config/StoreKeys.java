package io.pgmahout.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where the cluster record lives. */
final class StoreKeys {
    /** The kinds of store; each has a section of its own. */
    enum Kind {
        FILE,
        ETCD
    }

    static final Key<Kind> TYPE = Key.required(
            "store.type",
            Types.oneOf(Kind.class),
            "Where the cluster record lives: in a file (every member on one host) or in etcd.",
            s -> Optional.of(
                    switch (s.store()) {
                        case StoreSettings.File ignored -> Kind.FILE;
                        case StoreSettings.Etcd ignored -> Kind.ETCD;
                    }));
    static final Key<Path> PATH = Key.optional(
            "store.file.path",
            Types.PATH,
            "The file of the cluster record, the same for all members; its directory must exist.",
            s -> s.store() instanceof StoreSettings.File file ? Optional.of(file.path()) : Optional.empty());
    static final Key<List<URI>> ENDPOINTS = Key.optional(
            "store.etcd.endpoints",
            Types.listOf(Types.ENDPOINT, 16),
            "The members of the etcd cluster.",
            etcd(store -> Optional.of(store.endpoints())));
    static final Key<String> PREFIX = Key.standard(
            "store.etcd.prefix",
            Types.matching("a path such as /pgmahout, no slash at the end", "(/[A-Za-z0-9._-]{1,64}){1,8}"),
            "/pgmahout",
            "What the key of the cluster record starts with; the name of the cluster follows.",
            s -> s.store() instanceof StoreSettings.Etcd store ? store.prefix() : "/pgmahout");
    static final Key<String> USER = Key.optional(
            "store.etcd.user",
            Types.text("one line of at most 128 characters", name -> name.length() <= 128, "is too long"),
            "The user of etcd.",
            etcd(StoreSettings.Etcd::user));
    static final Key<Secret> PASSWORD = Key.secret(
            "store.etcd.password-file", "File with the password of that user.", etcd(StoreSettings.Etcd::password));
    static final TlsKeys TLS = TlsKeys.of("store.etcd.tls", "the client of etcd", etcd(StoreSettings.Etcd::tls));

    static final List<Key<?>> ALL =
            List.of(TYPE, PATH, ENDPOINTS, PREFIX, USER, PASSWORD, TLS.caFile(), TLS.certificateFile(), TLS.keyFile());

    private StoreKeys() {}

    static StoreSettings from(Values values) {
        return switch (values.get(TYPE)) {
            case FILE -> new StoreSettings.File(values.get(PATH));
            case ETCD ->
                new StoreSettings.Etcd(
                        values.get(ENDPOINTS),
                        values.get(PREFIX),
                        values.find(USER),
                        values.find(PASSWORD),
                        TLS.from(values));
        };
    }

    private static <T> Function<Settings, Optional<T>> etcd(Function<StoreSettings.Etcd, Optional<T>> read) {
        return s -> s.store() instanceof StoreSettings.Etcd store ? read.apply(store) : Optional.empty();
    }
}
