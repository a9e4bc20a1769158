package io.pgmahout.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The PostgreSQL server of the member. */
final class PostgresKeys {
    private static final Set<String> HBA_RECORDS =
            Set.of("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc");

    static final Key<Path> DATA_DIRECTORY = Key.required(
            "postgres.data-directory",
            Types.PATH,
            "The data directory (the gate's --data); it need not exist yet.",
            s -> Optional.of(s.postgres().dataDirectory()));
    static final Key<Path> WAL_DIRECTORY = Key.optional(
            "postgres.wal-directory",
            Types.PATH,
            "A directory on a volume of its own, in which each data directory's pg_wal gets a place; it must exist, as the"
                    + " same path for agent and gate, and be this member's alone.",
            s -> s.postgres().walDirectory());
    static final Key<HostAndPort> LISTEN = Key.standard(
            "postgres.listen",
            Types.LISTENER,
            "0.0.0.0:5432",
            "Where the server listens (listen_addresses and port).",
            s -> s.postgres().listen());
    static final Key<HostAndPort> ADVERTISE = Key.optional(
            "postgres.advertise",
            Types.REACHABLE,
            "Where standbys and clients reach the server, when that is not postgres.listen.",
            s -> s.postgres().advertise());
    static final Key<Path> SOCKET_DIRECTORY = Key.standard(
            "postgres.socket-directory",
            Types.PATH,
            "/run/postgresql",
            "Directory of the server's Unix socket (unix_socket_directories).",
            s -> s.postgres().socketDirectory());
    static final Key<String> SUPERUSER_NAME = Key.standard(
            "postgres.superuser.name",
            Types.sqlName("a role name", List.of("public", "none")),
            "postgres",
            "The superuser that initdb makes and the agent connects as.",
            s -> s.postgres().superuser().name());
    static final Key<Secret> SUPERUSER_PASSWORD = Key.secret(
            "postgres.superuser.password-file",
            "File with the password of the superuser; without one the agent relies on peer authentication.",
            s -> s.postgres().superuser().password());
    static final Key<String> REPLICATION_NAME = Key.standard(
            "postgres.replication.name",
            Types.sqlName("a role name", List.of("public", "none")),
            "replicator",
            "The role that standbys replicate as.",
            s -> s.postgres().replication().name());
    static final Key<Secret> REPLICATION_PASSWORD = Key.secret(
            "postgres.replication.password-file",
            "File with the password of that role, the same for all members.",
            s -> s.postgres().replication().password());
    static final Key<Map<String, String>> PARAMETERS = Key.standard(
                    "postgres.parameters",
                    new TableType(
                            "settings of postgresql.conf, except those that pgmahout sets (listed below)",
                            OwnedParameters::refusal),
                    "",
                    "Settings of PostgreSQL; those that need a restart of the server are reported as pending.",
                    s -> s.postgres().parameters())
            .onReload();
    static final Key<List<String>> PG_HBA = Key.standard(
                    "postgres.pg-hba",
                    Types.listOf(
                            Types.text(
                                    "a record of pg_hba.conf (local, host, hostssl, …) of at most 1024 bytes",
                                    PostgresKeys::isHbaRecord,
                                    "does not start with a type of record of pg_hba.conf, or is too long"),
                            256),
                    "local all all peer,host all all all scram-sha-256",
                    "Records of pg_hba.conf, after those that pgmahout writes for its own connections.",
                    s -> s.postgres().pgHba())
            .onReload();

    static final List<Key<?>> ALL = List.of(
            DATA_DIRECTORY,
            WAL_DIRECTORY,
            LISTEN,
            ADVERTISE,
            SOCKET_DIRECTORY,
            SUPERUSER_NAME,
            SUPERUSER_PASSWORD,
            REPLICATION_NAME,
            REPLICATION_PASSWORD,
            PARAMETERS,
            PG_HBA);

    private PostgresKeys() {}

    static PostgresSettings from(Values values) {
        return new PostgresSettings(
                values.get(DATA_DIRECTORY),
                values.find(WAL_DIRECTORY),
                values.get(LISTEN),
                values.find(ADVERTISE),
                values.get(SOCKET_DIRECTORY),
                new Account(values.get(SUPERUSER_NAME), values.find(SUPERUSER_PASSWORD)),
                new Account(values.get(REPLICATION_NAME), values.find(REPLICATION_PASSWORD)),
                values.get(PARAMETERS),
                values.get(PG_HBA));
    }

    private static boolean isHbaRecord(String line) {
        return HBA_RECORDS.contains(line.split("[ ,]", 2)[0])
                && line.indexOf(' ') > 0
                && line.getBytes(StandardCharsets.UTF_8).length <= 1024;
    }
}
