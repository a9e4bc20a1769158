package io.pgmahout.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A name that is no key, but that people have reason to write: one we renamed or removed, or one that
 * another daemon uses for the same thing. Everything below the name is meant too. The sentence says what to do
 * instead. A secret one is never shown.
 */
record Former(String name, String instead, boolean secret) {
    private static final String GATES_PROGRAMS = "the programs are the gate's: --bin or PGMAHOUT_BIN";

    static final List<Former> ALL = Stream.of(
                    renamed("scope", "cluster"),
                    renamed("name", "member.name"),
                    renamed("tags.nofailover", "member.nofailover"),
                    renamed("tags.failover_priority", "member.priority"),
                    renamed("restapi.listen", "admin.listen"),
                    renamed("restapi.connect_address", "admin.advertise"),
                    renamed("etcd3.hosts", "store.etcd.endpoints"),
                    renamed("etcd3.username", "store.etcd.user"),
                    renamed("namespace", "store.etcd.prefix"),
                    renamed("kubernetes.namespace", "store.kubernetes.namespace"),
                    renamed("postgresql.data_dir", "postgres.data-directory"),
                    removed("postgresql.bin_dir", GATES_PROGRAMS),
                    renamed("postgresql.listen", "postgres.listen"),
                    renamed("postgresql.connect_address", "postgres.advertise"),
                    renamed("postgresql.parameters", "postgres.parameters"),
                    renamed("postgresql.pg_hba", "postgres.pg-hba"),
                    renamed("bootstrap.dcs.ttl", "failover.lease-duration"),
                    renamed("bootstrap.dcs.maximum_lag_on_failover", "failover.max-lag"),
                    secret("admin.token", "admin.token-file"),
                    secret("store.etcd.password", "store.etcd.password-file"),
                    secret("postgres.superuser.password", "postgres.superuser.password-file"),
                    secret("postgres.replication.password", "postgres.replication.password-file"),
                    secret("bootstrap.owner-password", "bootstrap.owner-password-file"),
                    secret("restapi.authentication.password", "admin.token-file"),
                    secret("etcd3.password", "store.etcd.password-file"),
                    secret("postgresql.authentication.superuser.password", "postgres.superuser.password-file"),
                    secret("postgresql.authentication.replication.password", "postgres.replication.password-file"),
                    removed(
                            "failover.renew-interval",
                            "the record is renewed every quarter of failover.lease-duration; set that"),
                    removed(
                            "failover.heartbeat-interval",
                            "a heartbeat is sent every quarter of failover.peer-lease; set that"),
                    removed("postgres.bin-directory", GATES_PROGRAMS),
                    removed("failover.fence-hold", "it is the gate's: --fence-hold or PGMAHOUT_FENCE_HOLD"),
                    removed("bootstrap.dcs.loop_wait", "there is no polling loop: the agent acts on events"),
                    removed(
                            "bootstrap.dcs.retry_timeout",
                            "deadlines of the store follow from failover.lease-duration; set that"))
            .toList();

    /** The entry that is this name or a section above it. */
    static Optional<Former> of(String name) {
        return ALL.stream()
                .filter(former -> name.equals(former.name) || name.startsWith(former.name + "."))
                .findFirst();
    }

    /** The entry whose environment variable this is. */
    static Optional<Former> ofVariable(String variable) {
        return ALL.stream()
                .filter(former -> Key.variable(former.name).equals(variable))
                .findFirst();
    }

    private static Former renamed(String name, String now) {
        return new Former(name, "is called " + now + " here", false);
    }

    private static Former removed(String name, String instead) {
        return new Former(name, "is not a setting: " + instead, false);
    }

    private static Former secret(String name, String file) {
        return new Former(name, "is not a setting: secrets are read from files only; set " + file, true);
    }
}
