package io.pgmahout.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A key with a value that is allowed and differs from what is in effect before, one that is not, and what else
 * must be set. In all of them {@code DIR} stands for a directory with the files that {@link #files} makes.
 */
record Example(String key, Optional<String> before, String good, String bad, Map<String, String> beside) {
    private static final Map<String, String> ETCD =
            Map.of("store.type", "etcd", "store.etcd.endpoints", "https://e:2379");

    private static final Map<String, String> KUBERNETES = Map.of("store.type", "kubernetes");

    static final List<Example> ALL = List.of(
            of("cluster", "prod", "Prod"),
            of("member.name", "db-1", "db_1"),
            of("member.priority", "0", "1001"),
            of("member.nofailover", "true", "yes"),
            of("member.state-directory", "/var/lib/other", "var/lib/other"),
            of("member.run-directory", "/run/other", "run"),
            of("gossip.listen", "[::1]:8011", "::1:8011"),
            of("gossip.advertise", "localhost:8012", "0.0.0.0:8012"),
            of(
                    "gossip.peers",
                    "127.0.0.1:8011,[::1]:8012",
                    "127.0.0.1:8011,127.0.0.1",
                    Map.of("postgres.listen", "127.0.0.1:5432")),
            of("gossip.plain-text", "true", "on"),
            tls("gossip.tls.ca-file", Map.of()),
            tls("gossip.tls.certificate-file", Map.of()),
            tls("gossip.tls.key-file", Map.of()),
            of("admin.listen", "127.0.0.1:9008", "127.0.0.1:65536"),
            of("admin.advertise", "db1.example.org:8008", "[::]:8008"),
            of("admin.token-file", "DIR/secret", "DIR/open"),
            tls("admin.tls.ca-file", Map.of()),
            tls("admin.tls.certificate-file", Map.of()),
            tls("admin.tls.key-file", Map.of()),
            // The minimum's own path must go when the type changes, so this one is only ever read, never changed.
            of("store.type", "file", "zookeeper"),
            of("store.file.path", "/srv/other/record", "record"),
            of("store.etcd.endpoints", "http://127.0.0.1:2379,http://[::1]:2379", "ftp://e:2379", ETCD),
            of("store.etcd.prefix", "/a/b", "a/", ETCD),
            of(
                    "store.etcd.user",
                    Optional.of("other"),
                    "agent",
                    "x\ty",
                    with(ETCD, "store.etcd.password-file", "DIR/secret")),
            of(
                    "store.etcd.password-file",
                    Optional.of("DIR/secret2"),
                    "DIR/secret",
                    "DIR/none",
                    with(ETCD, "store.etcd.user", "agent")),
            tls("store.etcd.tls.ca-file", ETCD),
            tls("store.etcd.tls.certificate-file", ETCD),
            tls("store.etcd.tls.key-file", ETCD),
            of("store.kubernetes.kubeconfig", "DIR/open", "DIR/none", KUBERNETES),
            of("store.kubernetes.namespace", "databases", "data_bases", KUBERNETES),
            of("store.kubernetes.volume-claim", "data-{member}", "data", KUBERNETES),
            of("postgres.data-directory", "/data", "data"),
            of("postgres.wal-directory", "/wal", "wal"),
            of("postgres.listen", "127.0.0.1:5433", "5433"),
            of("postgres.advertise", "10.0.0.1:5432", "10.0.0.256:5432"),
            of("postgres.socket-directory", "/tmp", "tmp"),
            of("postgres.superuser.name", "admin", "pg_admin"),
            of("postgres.superuser.password-file", "DIR/secret", "DIR/empty"),
            of("postgres.replication.name", "standby", "public"),
            of("postgres.replication.password-file", "DIR/secret", "DIR/lines"),
            of("postgres.parameters", "shared_preload_libraries=a\\,b,work_mem=64MB", "port=5433"),
            of("postgres.pg-hba", "host all all 10.0.0.0/8 scram-sha-256", "allow all"),
            of("bootstrap.method", "adopt", "restore"),
            of("bootstrap.locale", "de_DE.UTF-8", "de DE"),
            of("bootstrap.encoding", "LATIN1", "UTF 8"),
            of("bootstrap.data-checksums", "false", "0"),
            of("bootstrap.database", "app", "template1"),
            of("bootstrap.owner", "app", "x".repeat(64), Map.of("bootstrap.database", "app")),
            of(
                    "bootstrap.owner-password-file",
                    "DIR/secret",
                    "hunter2",
                    Map.of("bootstrap.owner", "app", "bootstrap.database", "app")),
            of("bootstrap.sql-files", "DIR/open", "DIR/none"),
            of("failover.max-lag", "16MB", "16mb"),
            of("failover.peer-lease", "1s", "299ms"),
            of("failover.peer-lease-max", "2s", "61s"),
            of("failover.clock-drift", "0.2", "1.5"),
            of("failover.permit-margin", "120ms", "69ms"),
            of("failover.lease-duration", "20s", "301s"),
            of("failover.drop-after", "3s", "11m"),
            of("failover.cold-start-wait", "0s", "2h"),
            of("failover.switchover-timeout", "2m", "4s"),
            of("failover.salvage-limit", "64MB", "2GB"),
            of("failover.salvage-timeout", "0s", "61s"),
            of("failover.slot-retention", "2h", "999ms"),
            of("failover.failsafe", "false", "maybe"),
            of("routing.kubernetes", "false", "off", KUBERNETES),
            of("routing.kubernetes.service", "db", "db.example", KUBERNETES),
            of("routing.kubernetes.pod", "zoo-0.a", "zoo_0", KUBERNETES),
            of("rolling-update.stateful-set", "zoo", "Zoo", KUBERNETES),
            of("rebuild.clone-timeout", "2d", "59s"),
            of("rebuild.max-rate", "32kB", "2GB"),
            of("callback.command", "/bin/vip,up", "/bin/vip,"),
            of("callback.timeout", "5s", "5", Map.of("callback.command", "/bin/vip")),
            of("log.format", "json", "JSON"),
            of("log.level", "debug", "loud"));

    static void files(Path directory) {
        Fixture.write(directory.resolve("secret"), "s3cret\n", "rw-r-----");
        Fixture.write(directory.resolve("secret2"), "0ther\n", "rw-------");
        Fixture.write(directory.resolve("open"), "s3cret\n", "rw-r--r--");
        Fixture.write(directory.resolve("empty"), "\n", "rw-------");
        Fixture.write(directory.resolve("lines"), "one\ntwo\n", "rw-------");
    }

    /** What is loaded before the change, with the bad value, or with the good one. */
    Map<String, String> overrides(Path directory, Optional<String> value) {
        var overrides = new HashMap<String, String>();
        beside.forEach((name, text) -> overrides.put(name, text.replace("DIR", directory.toString())));
        value.ifPresent(text -> overrides.put(key, text.replace("DIR", directory.toString())));
        return overrides;
    }

    private static Example of(String key, String good, String bad) {
        return of(key, good, bad, Map.of());
    }

    private static Example of(String key, String good, String bad, Map<String, String> beside) {
        return of(key, Optional.empty(), good, bad, beside);
    }

    private static Example of(
            String key, Optional<String> before, String good, String bad, Map<String, String> beside) {
        return new Example(key, before, good, bad, beside);
    }

    private static Example tls(String key, Map<String, String> more) {
        String section = key.substring(0, key.lastIndexOf('.') + 1);
        var beside = new HashMap<>(more);
        for (String part : List.of("ca-file", "certificate-file", "key-file")) {
            beside.put(section + part, "DIR/secret");
        }
        return of(key, Optional.empty(), "DIR/secret2", key.endsWith("key-file") ? "DIR/open" : "DIR/none", beside);
    }

    private static Map<String, String> with(Map<String, String> map, String name, String text) {
        var more = new HashMap<>(map);
        more.put(name, text);
        return more;
    }
}
