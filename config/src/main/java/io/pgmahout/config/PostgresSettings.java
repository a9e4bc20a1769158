package io.pgmahout.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The PostgreSQL server of this member. {@code parameters} are in the order of their lower-case names and hold
 * none that the agent sets itself.
 */
public record PostgresSettings(
        Path dataDirectory,
        Optional<Path> walDirectory,
        HostAndPort listen,
        Optional<HostAndPort> advertise,
        Path socketDirectory,
        Account superuser,
        Account replication,
        Map<String, String> parameters,
        List<String> pgHba) {
    public PostgresSettings {
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        pgHba = List.copyOf(pgHba);
    }

    /** The address under which other members and clients reach this server. */
    public HostAndPort reachableAt() {
        return advertise.orElse(listen);
    }
}
