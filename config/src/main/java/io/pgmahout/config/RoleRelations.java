package io.pgmahout.config;

import java.util.List;

/** Relations between roles, and keys that have no effect beside others. */
final class RoleRelations {
    static final List<Relation> ALL = List.of(
            Relation.must(
                    "postgres.replication.name is not postgres.superuser.name, since replication must not be a way to a superuser",
                    v -> Relation.when(
                            v.get(PostgresKeys.REPLICATION_NAME).equals(v.get(PostgresKeys.SUPERUSER_NAME)),
                            "is the superuser's name too"),
                    PostgresKeys.REPLICATION_NAME,
                    PostgresKeys.SUPERUSER_NAME),
            Relation.should(
                    "with peers on other hosts postgres.replication.password-file is set, since standbys log in with it",
                    v -> Relation.when(
                            AddressRelations.peersElsewhere(v) && !v.isSet(PostgresKeys.REPLICATION_PASSWORD),
                            "names hosts whose standbys have no password; postgres.pg-hba must let them in another way"),
                    GossipKeys.PEERS,
                    PostgresKeys.REPLICATION_PASSWORD),
            Relation.should(
                    "fsync is left on, since a server that crashes without it may come up with a broken data directory",
                    v -> Relation.when(
                            List.of("off", "false", "no", "0")
                                    .contains(v.get(PostgresKeys.PARAMETERS).getOrDefault("fsync", "on")),
                            "switches fsync off: a crash may destroy the data directory"),
                    PostgresKeys.PARAMETERS),
            Relation.must(
                    "bootstrap.owner is set together with bootstrap.database, which it owns",
                    v -> Relation.when(
                            v.isSet(BootstrapKeys.OWNER) && !v.isSet(BootstrapKeys.DATABASE),
                            "needs bootstrap.database"),
                    BootstrapKeys.OWNER,
                    BootstrapKeys.DATABASE),
            Relation.must(
                    "bootstrap.owner-password-file is set together with bootstrap.owner, whose password it is",
                    v -> Relation.when(
                            v.isSet(BootstrapKeys.OWNER_PASSWORD) && !v.isSet(BootstrapKeys.OWNER),
                            "needs bootstrap.owner"),
                    BootstrapKeys.OWNER_PASSWORD,
                    BootstrapKeys.OWNER),
            Relation.must(
                    "bootstrap.owner is neither the superuser nor the replication role, which have a section of their own",
                    v -> Relation.when(
                            v.find(BootstrapKeys.OWNER)
                                    .filter(owner -> owner.equals(v.get(PostgresKeys.SUPERUSER_NAME))
                                            || owner.equals(v.get(PostgresKeys.REPLICATION_NAME)))
                                    .isPresent(),
                            "is a role that pgmahout makes already"),
                    BootstrapKeys.OWNER,
                    PostgresKeys.SUPERUSER_NAME,
                    PostgresKeys.REPLICATION_NAME),
            Relation.should(
                    "the other keys of bootstrap have an effect with bootstrap.method initdb only",
                    v -> BootstrapKeys.ALL.stream()
                            .filter(key -> v.isSet(key) && !key.equals(BootstrapKeys.METHOD))
                            .filter(ignored -> v.get(BootstrapKeys.METHOD) != BootstrapSettings.Method.INITDB)
                            .findFirst()
                            .map(key -> "leaves " + key.name() + " without effect"),
                    BootstrapKeys.METHOD),
            Relation.must(
                    "callback.command starts with an absolute path, since the agent searches no PATH",
                    v -> Relation.when(
                            !v.get(OtherKeys.COMMAND).isEmpty()
                                    && !v.get(OtherKeys.COMMAND).getFirst().startsWith("/"),
                            "does not start with an absolute path"),
                    OtherKeys.COMMAND),
            Relation.should(
                    "callback.timeout has an effect with callback.command only",
                    v -> Relation.when(
                            v.isSet(OtherKeys.TIMEOUT)
                                    && v.get(OtherKeys.COMMAND).isEmpty(),
                            "has no effect without callback.command"),
                    OtherKeys.TIMEOUT,
                    OtherKeys.COMMAND));

    private RoleRelations() {}
}
