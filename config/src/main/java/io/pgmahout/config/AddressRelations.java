package io.pgmahout.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/** Relations between addresses, and what they demand: encryption, authentication, a way to be reached. */
final class AddressRelations {
    static final List<Relation> ALL = relations();

    private AddressRelations() {}

    private static List<Relation> relations() {
        var relations = new ArrayList<Relation>();
        relations.add(Relation.must(
                "gossip has TLS (gossip.tls.*), unless gossip.listen, gossip.advertise and all gossip.peers are loopback or"
                        + " gossip.plain-text is true, since whoever forges gossip can move the primary",
                v -> Relation.when(
                        gossipLeavesHost(v) && !GossipKeys.TLS.anySet(v) && !v.get(GossipKeys.PLAIN_TEXT),
                        "makes gossip leave this host without TLS"),
                GossipKeys.LISTEN,
                GossipKeys.PEERS,
                GossipKeys.ADVERTISE,
                GossipKeys.PLAIN_TEXT,
                GossipKeys.TLS.caFile(),
                GossipKeys.TLS.certificateFile(),
                GossipKeys.TLS.keyFile()));
        relations.add(Relation.must(
                "gossip.plain-text is not true beside gossip.tls, since one of them is not meant",
                v -> Relation.when(
                        v.get(GossipKeys.PLAIN_TEXT) && GossipKeys.TLS.anySet(v),
                        "contradicts gossip.tls, which is set"),
                GossipKeys.PLAIN_TEXT));
        relations.add(Relation.should(
                "gossip.plain-text beyond loopback is for trusted networks only",
                v -> Relation.when(
                        v.get(GossipKeys.PLAIN_TEXT) && gossipLeavesHost(v),
                        "lets whoever reaches the network forge gossip and move the primary"),
                GossipKeys.PLAIN_TEXT,
                GossipKeys.LISTEN,
                GossipKeys.PEERS,
                GossipKeys.ADVERTISE));
        relations.add(Relation.must(
                "gossip.peers names each address once",
                v -> Relation.when(
                        new HashSet<>(v.get(GossipKeys.PEERS)).size()
                                < v.get(GossipKeys.PEERS).size(),
                        "names an address twice"),
                GossipKeys.PEERS));
        relations.add(Relation.must(
                "beyond loopback admin.listen needs admin.token-file and admin.tls, since whoever may use the admin port may move"
                        + " the primary",
                v -> Relation.when(
                        !v.get(AdminKeys.LISTEN).isLoopback()
                                && (v.find(AdminKeys.TOKEN).isEmpty() || !AdminKeys.TLS.anySet(v)),
                        "opens the admin port to others without token and TLS"),
                AdminKeys.LISTEN,
                AdminKeys.TOKEN,
                AdminKeys.TLS.caFile(),
                AdminKeys.TLS.certificateFile(),
                AdminKeys.TLS.keyFile()));
        Stream.of(GossipKeys.TLS, AdminKeys.TLS, StoreKeys.TLS).forEach(tls -> relations.add(allOrNone(tls)));
        relations.add(reachable(GossipKeys.LISTEN, GossipKeys.ADVERTISE));
        relations.add(reachable(AdminKeys.LISTEN, AdminKeys.ADVERTISE));
        relations.add(reachable(PostgresKeys.LISTEN, PostgresKeys.ADVERTISE));
        relations.add(distinct(GossipKeys.LISTEN, AdminKeys.LISTEN));
        relations.add(distinct(PostgresKeys.LISTEN, GossipKeys.LISTEN));
        relations.add(distinct(PostgresKeys.LISTEN, AdminKeys.LISTEN));
        relations.add(Relation.must(
                "postgres is reachable from other hosts when a gossip peer is on one",
                v -> Relation.when(
                        peersElsewhere(v)
                                && v.find(PostgresKeys.ADVERTISE)
                                        .orElse(v.get(PostgresKeys.LISTEN))
                                        .isLoopback(),
                        "is loopback, so that standbys on other hosts cannot replicate"),
                PostgresKeys.LISTEN,
                PostgresKeys.ADVERTISE,
                GossipKeys.PEERS));
        return List.copyOf(relations);
    }

    static boolean peersElsewhere(Values values) {
        return values.get(GossipKeys.PEERS).stream().anyMatch(peer -> !peer.isLoopback());
    }

    private static boolean gossipLeavesHost(Values values) {
        return Stream.of(
                        Stream.of(values.get(GossipKeys.LISTEN)),
                        values.find(GossipKeys.ADVERTISE).stream(),
                        values.get(GossipKeys.PEERS).stream())
                .flatMap(addresses -> addresses)
                .anyMatch(address -> !address.isLoopback());
    }

    private static Relation allOrNone(TlsKeys tls) {
        String section = tls.caFile().name().replace(".ca-file", "");
        return Relation.must(
                section + " has all of ca-file, certificate-file and key-file, or none",
                v -> Relation.when(tls.anySet(v) && !tls.allSet(v), "is not all that " + section + " needs"),
                tls.caFile(),
                tls.certificateFile(),
                tls.keyFile());
    }

    private static Relation reachable(Key<HostAndPort> listen, Key<HostAndPort> advertise) {
        return Relation.must(
                advertise.name() + " is set when " + listen.name()
                        + " is a wildcard and there are gossip.peers, since they cannot connect to a wildcard",
                v -> Relation.when(
                        v.get(listen).isWildcard()
                                && v.find(advertise).isEmpty()
                                && !v.get(GossipKeys.PEERS).isEmpty(),
                        "does not say where others reach it; set " + advertise.name()),
                listen,
                advertise);
    }

    private static Relation distinct(Key<HostAndPort> one, Key<HostAndPort> other) {
        return Relation.must(
                one.name() + " and " + other.name() + " do not meet on one port",
                v -> {
                    HostAndPort a = v.get(one);
                    HostAndPort b = v.get(other);
                    boolean meet = a.host().equals(b.host()) || a.isWildcard() || b.isWildcard();
                    return Relation.when(
                            meet && a.port() == b.port(),
                            "is taken: " + one.name() + " is " + a + ", " + other.name() + " is " + b);
                },
                one,
                other);
    }
}
