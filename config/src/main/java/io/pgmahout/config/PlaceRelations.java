package io.pgmahout.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Relations between directories, and between the store and what it needs. */
final class PlaceRelations {
    private static final int SOCKET_PATH_LIMIT = 107;

    static final List<Relation> ALL = List.of(
            outsideData(MemberKeys.STATE_DIRECTORY),
            outsideData(MemberKeys.RUN_DIRECTORY),
            outsideData(PostgresKeys.WAL_DIRECTORY),
            outsideData(PostgresKeys.SOCKET_DIRECTORY),
            outsideData(StoreKeys.PATH),
            Relation.must(
                    "member.state-directory is outside member.run-directory, which a restart of the machine empties",
                    v -> Relation.when(
                            v.get(MemberKeys.STATE_DIRECTORY).startsWith(v.get(MemberKeys.RUN_DIRECTORY)),
                            "would lose the voter id with the run directory"),
                    MemberKeys.STATE_DIRECTORY,
                    MemberKeys.RUN_DIRECTORY),
            Relation.must(
                    "postgres.socket-directory leaves room for the socket's name in the " + SOCKET_PATH_LIMIT
                            + " bytes of a Unix socket's path",
                    v -> Relation.when(
                            socketPath(v).getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_LIMIT,
                            "makes the path of the socket too long"),
                    PostgresKeys.SOCKET_DIRECTORY,
                    PostgresKeys.LISTEN),
            Relation.must(
                    "store.file.path is set with store.type file, and only then",
                    v -> v.get(StoreKeys.TYPE) == StoreKeys.Kind.FILE
                            ? Relation.when(v.find(StoreKeys.PATH).isEmpty(), "needs store.file.path")
                            : Relation.when(v.isSet(StoreKeys.PATH), "contradicts store.file.path, which is set"),
                    StoreKeys.TYPE,
                    StoreKeys.PATH),
            Relation.must(
                    "store.etcd.endpoints is set with store.type etcd, and names at least one",
                    v -> Relation.when(
                            v.get(StoreKeys.TYPE) == StoreKeys.Kind.ETCD
                                    && v.find(StoreKeys.ENDPOINTS)
                                            .orElse(List.of())
                                            .isEmpty(),
                            "needs store.etcd.endpoints"),
                    StoreKeys.TYPE,
                    StoreKeys.ENDPOINTS),
            onlyWith(StoreKeys.Kind.ETCD),
            onlyWith(StoreKeys.Kind.KUBERNETES),
            Relation.must(
                    "store.etcd.endpoints are all https or all http",
                    v -> Relation.when(endpoints(v, "http:") && endpoints(v, "https:"), "mixes http and https"),
                    StoreKeys.ENDPOINTS),
            Relation.must(
                    "store.etcd.tls is set with https endpoints only, since it would protect nothing on others",
                    v -> Relation.when(
                            StoreKeys.TLS.anySet(v) && endpoints(v, "http:"), "is http beside store.etcd.tls"),
                    StoreKeys.ENDPOINTS),
            Relation.must(
                    "store.etcd.user and store.etcd.password-file are set together",
                    v -> Relation.when(
                            v.isSet(StoreKeys.USER) != v.isSet(StoreKeys.PASSWORD),
                            v.isSet(StoreKeys.USER) ? "needs store.etcd.password-file" : "needs store.etcd.user"),
                    StoreKeys.USER,
                    StoreKeys.PASSWORD),
            Relation.must(
                    "the password of etcd leaves this host over https only",
                    v -> Relation.when(
                            v.isSet(StoreKeys.PASSWORD) && plainElsewhere(v),
                            "would send the password of etcd in plain text"),
                    StoreKeys.ENDPOINTS,
                    StoreKeys.PASSWORD),
            Relation.should(
                    "etcd on other hosts is reached over https, since whoever writes the cluster record names the primary",
                    v -> Relation.when(plainElsewhere(v), "reaches etcd on another host in plain text"),
                    StoreKeys.ENDPOINTS),
            Relation.should(
                    "with store.type file every member is on one host, since the file's lock ends there",
                    v -> Relation.when(
                            v.get(StoreKeys.TYPE) == StoreKeys.Kind.FILE && AddressRelations.peersElsewhere(v),
                            "is for one host, but a gossip peer is not on loopback"),
                    StoreKeys.TYPE,
                    GossipKeys.PEERS));

    private PlaceRelations() {}

    private static Relation outsideData(Key<Path> key) {
        return Relation.must(
                key.name() + " is outside postgres.data-directory, which a clone replaces as a whole",
                v -> Relation.when(
                        v.find(key)
                                .filter(path -> path.startsWith(v.get(PostgresKeys.DATA_DIRECTORY)))
                                .isPresent(),
                        "puts " + key.name() + " inside postgres.data-directory"),
                key,
                PostgresKeys.DATA_DIRECTORY);
    }

    private static Relation onlyWith(StoreKeys.Kind kind) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return Relation.must(
                "nothing of store." + name + " is set with another store.type",
                v -> StoreKeys.ALL.stream()
                        .filter(key -> key.name().startsWith("store." + name + ".") && v.isSet(key))
                        .filter(ignored -> v.get(StoreKeys.TYPE) != kind)
                        .findFirst()
                        .map(key -> "contradicts " + key.name() + ", which is set"),
                StoreKeys.TYPE);
    }

    private static String socketPath(Values values) {
        return values.get(PostgresKeys.SOCKET_DIRECTORY) + "/.s.PGSQL."
                + values.get(PostgresKeys.LISTEN).port();
    }

    private static boolean endpoints(Values values, String scheme) {
        return values.find(StoreKeys.ENDPOINTS).orElse(List.of()).stream()
                .anyMatch(endpoint -> endpoint.toString().startsWith(scheme));
    }

    private static boolean plainElsewhere(Values values) {
        return values.find(StoreKeys.ENDPOINTS).orElse(List.of()).stream()
                .map(Object::toString)
                .filter(endpoint -> endpoint.startsWith("http://"))
                .anyMatch(endpoint -> !HostAndPort.parse(endpoint.substring("http://".length()))
                        .isLoopback());
    }
}
