package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What must hold between keys: for each relation something that breaks it and it alone, and what just keeps it. */
class RelationsTest {
    private static final String ETCD = "store.type=etcd store.file.path= ";

    /** What the rule starts with, settings that break it, and others that keep it. */
    private record Break(String rule, String broken, String kept) {}

    private static final List<Break> BREAKS = List.of(
            new Break(
                    "failover.peer-lease-max is at least",
                    "failover.peer-lease=1s failover.peer-lease-max=999ms",
                    "failover.peer-lease=1s failover.peer-lease-max=1s"),
            new Break(
                    "failover.permit-margin is less than",
                    "failover.peer-lease=400ms failover.permit-margin=100ms",
                    "failover.peer-lease=401ms failover.permit-margin=100ms"),
            new Break(
                    "failover.lease-duration is at least four",
                    "failover.lease-duration=11s",
                    "failover.lease-duration=12s"),
            new Break(
                    "failover.lease-duration is a whole",
                    "failover.lease-duration=15500ms",
                    "failover.lease-duration=15000ms"),
            new Break("1 + failover.clock-drift", "failover.clock-drift=0.0020", "failover.clock-drift=0.0021"),
            new Break("failover.drop-after", "failover.drop-after=1499ms", "failover.drop-after=1500ms"),
            new Break("gossip has TLS", "gossip.peers=10.0.0.1:8010", "gossip.peers=localhost:8010"),
            new Break("gossip has TLS", "gossip.advertise=db1:8010", "gossip.advertise=[::1]:8010"),
            new Break(
                    "gossip has TLS",
                    "gossip.listen=0.0.0.0:8010",
                    "gossip.listen=0.0.0.0:8010 gossip.plain-text=true"),
            new Break("gossip.plain-text is not", "gossip.plain-text=true " + tls("gossip"), tls("gossip")),
            new Break(
                    "gossip.plain-text beyond",
                    "gossip.plain-text=true gossip.listen=10.0.0.1:8010",
                    "gossip.plain-text=true"),
            new Break(
                    "gossip.peers names each",
                    "gossip.peers=127.0.0.1:1,127.0.0.1:1 postgres.listen=127.0.0.1:5432",
                    "gossip.peers=127.0.0.1:1,127.0.0.1:2 postgres.listen=127.0.0.1:5432"),
            new Break(
                    "beyond loopback admin.listen",
                    "admin.listen=0.0.0.0:8008 " + tls("admin"),
                    "admin.listen=0.0.0.0:8008 admin.token-file=DIR/secret " + tls("admin")),
            new Break(
                    "beyond loopback admin.listen",
                    "admin.listen=0.0.0.0:8008 admin.token-file=DIR/secret",
                    "admin.token-file=DIR/secret"),
            new Break("gossip.tls has all", "gossip.tls.ca-file=DIR/secret", tls("gossip")),
            new Break("admin.tls has all", "admin.tls.ca-file=DIR/secret", tls("admin")),
            new Break(
                    "store.etcd.tls has all",
                    ETCD + "store.etcd.endpoints=https://e:1 store.etcd.tls.ca-file=DIR/secret",
                    ETCD + "store.etcd.endpoints=https://e:1 " + tls("store.etcd")),
            new Break(
                    "gossip.advertise is set",
                    "gossip.listen=0.0.0.0:8010 gossip.plain-text=true gossip.peers=127.0.0.1:1 postgres.listen=127.0.0.1:5432",
                    "gossip.listen=0.0.0.0:8010 gossip.plain-text=true gossip.peers=127.0.0.1:1 postgres.listen=127.0.0.1:5432"
                            + " gossip.advertise=127.0.0.1:8010"),
            new Break(
                    "admin.advertise is set",
                    "admin.listen=[::]:8008 admin.token-file=DIR/secret gossip.peers=127.0.0.1:1"
                            + " postgres.listen=127.0.0.1:5432 " + tls("admin"),
                    "admin.listen=[::]:8008 admin.token-file=DIR/secret gossip.peers=127.0.0.1:1"
                            + " postgres.listen=127.0.0.1:5432 admin.advertise=localhost:8008 " + tls("admin")),
            new Break(
                    "postgres.advertise is set",
                    "gossip.peers=127.0.0.1:1",
                    "gossip.peers=127.0.0.1:1 postgres.advertise=127.0.0.1:5432"),
            new Break("gossip.listen and admin.listen", "admin.listen=127.0.0.1:8010", "admin.listen=127.0.0.2:8010"),
            new Break("postgres.listen and gossip.listen", "postgres.listen=0.0.0.0:8010", "postgres.listen=0.0.0.0:1"),
            new Break("postgres.listen and admin.listen", "postgres.listen=[::]:8008", "postgres.listen=[::1]:8008"),
            new Break(
                    "postgres is reachable",
                    "gossip.peers=b:8010 gossip.plain-text=true postgres.advertise=127.0.0.1:5432",
                    "gossip.peers=b:8010 gossip.plain-text=true postgres.advertise=a:5432"),
            new Break(
                    "member.state-directory is outside postgres",
                    "member.state-directory=/srv/demo/a/data/state",
                    "member.state-directory=/srv/demo/a/data-state"),
            new Break(
                    "member.run-directory is outside postgres",
                    "member.run-directory=/srv/demo/a/run/../data",
                    "member.run-directory=/srv/demo/a/run"),
            new Break(
                    "postgres.wal-directory is outside",
                    "postgres.wal-directory=/srv/demo/a/data/pg_wal",
                    "postgres.wal-directory=/srv/demo/a"),
            new Break(
                    "postgres.socket-directory is outside",
                    "postgres.socket-directory=/srv/demo/a/data",
                    "postgres.socket-directory=/srv/demo/a"),
            new Break(
                    "store.file.path is outside",
                    "store.file.path=/srv/demo/a/data/record",
                    "store.file.path=/srv/demo/a/record"),
            new Break(
                    "member.state-directory is outside member",
                    "member.run-directory=/srv/x member.state-directory=/srv/x/state",
                    "member.run-directory=/srv/x/run member.state-directory=/srv/x"),
            new Break(
                    "postgres.socket-directory leaves",
                    "postgres.socket-directory=/" + "x".repeat(93),
                    "postgres.socket-directory=/" + "x".repeat(92)),
            new Break("store.file.path is set", "store.file.path=", ""),
            new Break(
                    "store.file.path is set",
                    "store.type=etcd store.etcd.endpoints=https://e:1",
                    ETCD + "store.etcd.endpoints=https://e:1"),
            new Break("store.etcd.endpoints is set", ETCD, ETCD + "store.etcd.endpoints=https://e:1"),
            new Break("nothing of store.etcd", "store.etcd.prefix=/x", ""),
            new Break(
                    "nothing of store.etcd",
                    "store.type=kubernetes store.file.path= store.etcd.prefix=/x",
                    "store.type=kubernetes store.file.path="),
            new Break("nothing of store.kubernetes", "store.kubernetes.namespace=x", ""),
            new Break(
                    "nothing of store.kubernetes",
                    ETCD + "store.etcd.endpoints=https://e:1 store.kubernetes.namespace=x",
                    ETCD + "store.etcd.endpoints=https://e:1"),
            new Break(
                    "store.etcd.endpoints are all",
                    ETCD + "store.etcd.endpoints=https://e:1,http://127.0.0.1:1",
                    ETCD + "store.etcd.endpoints=https://e:1,https://127.0.0.1:1"),
            new Break(
                    "store.etcd.tls is set with https",
                    ETCD + "store.etcd.endpoints=http://127.0.0.1:1 " + tls("store.etcd"),
                    ETCD + "store.etcd.endpoints=https://127.0.0.1:1 " + tls("store.etcd")),
            new Break(
                    "store.etcd.user and",
                    ETCD + "store.etcd.endpoints=https://e:1 store.etcd.user=u",
                    ETCD + "store.etcd.endpoints=https://e:1 store.etcd.user=u store.etcd.password-file=DIR/secret"),
            new Break(
                    "store.etcd.user and",
                    ETCD + "store.etcd.endpoints=https://e:1 store.etcd.password-file=DIR/secret",
                    ETCD + "store.etcd.endpoints=https://e:1"),
            new Break(
                    "the password of etcd",
                    ETCD + "store.etcd.endpoints=http://e:1 store.etcd.user=u store.etcd.password-file=DIR/secret",
                    ETCD + "store.etcd.endpoints=http://[::1]:1 store.etcd.user=u store.etcd.password-file=DIR/secret"),
            new Break(
                    "etcd on other hosts",
                    ETCD + "store.etcd.endpoints=http://e:1",
                    ETCD + "store.etcd.endpoints=http://localhost:1"),
            new Break(
                    "with store.type file",
                    "gossip.peers=10.0.0.1:1 postgres.advertise=10.0.0.2:5432 postgres.replication.password-file=DIR/secret "
                            + tls("gossip"),
                    "gossip.peers=127.0.0.1:1 postgres.advertise=10.0.0.2:5432"),
            new Break(
                    "postgres.replication.name is not",
                    "postgres.superuser.name=x postgres.replication.name=x",
                    "postgres.superuser.name=x"),
            new Break(
                    "with peers on other hosts",
                    ETCD + "store.etcd.endpoints=https://e:1 gossip.peers=b:1 postgres.advertise=a:1 " + tls("gossip"),
                    ETCD + "store.etcd.endpoints=https://e:1 gossip.peers=b:1 postgres.advertise=a:1"
                            + " postgres.replication.password-file=DIR/secret " + tls("gossip")),
            new Break("fsync is left on", "postgres.parameters.fsync=off", "postgres.parameters.fsync=on"),
            new Break("bootstrap.owner is set", "bootstrap.owner=x", "bootstrap.owner=x bootstrap.database=x"),
            new Break(
                    "bootstrap.owner-password-file",
                    "bootstrap.owner-password-file=DIR/secret",
                    "bootstrap.owner-password-file=DIR/secret bootstrap.owner=x bootstrap.database=x"),
            new Break(
                    "bootstrap.owner is neither",
                    "bootstrap.owner=replicator bootstrap.database=x",
                    "bootstrap.owner=app bootstrap.database=x"),
            new Break(
                    "the other keys of bootstrap",
                    "bootstrap.method=none bootstrap.locale=C",
                    "bootstrap.method=initdb bootstrap.locale=C"),
            new Break("routing.kubernetes is true", "routing.kubernetes=true", "routing.kubernetes=false"),
            new Break(
                    "rolling-update.stateful-set is",
                    "rolling-update.stateful-set=zoo",
                    "store.type=kubernetes store.file.path= rolling-update.stateful-set=zoo"),
            new Break(
                    "routing.kubernetes.service has",
                    "store.type=kubernetes store.file.path= routing.kubernetes=false routing.kubernetes.service=x",
                    "store.type=kubernetes store.file.path= routing.kubernetes.service=x"),
            new Break(
                    "routing.kubernetes.pod has",
                    "routing.kubernetes.pod=x",
                    "store.type=kubernetes store.file.path= routing.kubernetes.pod=x"),
            new Break("callback.command starts", "callback.command=vip,up", "callback.command=/bin/vip,up"),
            new Break("callback.timeout", "callback.timeout=5s", "callback.timeout=5s callback.command=/bin/vip"));

    @TempDir
    static Path directory = Path.of("/");

    @BeforeAll
    static void files() {
        Example.files(directory);
    }

    @Test
    void noRelationIsUntested() {
        assertThat(Configuration.RELATIONS)
                .allSatisfy(relation ->
                        assertThat(BREAKS).anyMatch(b -> relation.rule().startsWith(b.rule())));
    }

    @TestFactory
    Stream<DynamicTest> brokenOrKept() {
        return BREAKS.stream()
                .map(b -> DynamicTest.dynamicTest(b.rule() + ": " + b.broken(), () -> {
                    List<Problem> broken = complaints(b.broken(), b.rule());
                    assertThat(broken).hasSize(1).allSatisfy(problem -> {
                        assertThat(problem.allowed()).startsWith(b.rule());
                        assertThat(problem.line()).contains(problem.key()).doesNotContain("s3cret");
                    });
                    assertThat(complaints(b.kept(), b.rule())).isEmpty();
                }));
    }

    @Test
    void relationIsNotCheckedAgainstAValueThatWasRefused() {
        assertThat(Fixture.problems(Map.of("failover.peer-lease", "soon", "failover.peer-lease-max", "300ms")))
                .extracting(Problem::key)
                .containsExactly("failover.peer-lease");
        assertThat(Fixture.problems(Map.of("gossip.peers", "nobody", "gossip.advertise", "db1:8010")))
                .extracting(Problem::key)
                .containsExactly("gossip.peers");
    }

    private static List<Problem> complaints(String settings, String rule) {
        var overrides = new HashMap<>(Fixture.MINIMUM);
        for (String setting : settings.strip().split(" ", -1)) {
            int equals = setting.indexOf('=');
            if (equals > 0 && equals == setting.length() - 1) {
                overrides.remove(setting.substring(0, equals));
            } else if (equals > 0) {
                overrides.put(
                        setting.substring(0, equals),
                        setting.substring(equals + 1).replace("DIR", directory.toString()));
            }
        }
        List<Problem> all = switch (Configuration.load(Optional.empty(), Map.of(), overrides)) {
            case Loaded.Valid valid -> valid.warnings();
            case Loaded.Invalid invalid -> invalid.problems();
        };
        return all.stream()
                .filter(problem -> problem.allowed().startsWith(rule))
                .toList();
    }

    private static String tls(String section) {
        return "%1$s.tls.ca-file=DIR/secret %1$s.tls.certificate-file=DIR/secret %1$s.tls.key-file=DIR/secret"
                .formatted(section);
    }
}
