package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.MemberName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this member's server is set up.
 *
 * @param member this member; walreceivers carry its name
 * @param dataDirectory the same path for agent and gate
 * @param walDirectory where each content's pg_wal gets a place, or null for the content itself; the same path for both
 * @param listen what listen_addresses gets; the agent itself connects over loopback where that is included
 * @param socketDirectory where unix sockets go, shared with the gate
 * @param parameters more PostgreSQL parameters; those that the cluster needs win over them
 * @param hbaLines lines of pg_hba.conf before those that the data directory brings
 */
public record PostgresSettings(
        MemberName member,
        Path dataDirectory,
        @Nullable Path walDirectory,
        String listen,
        int port,
        Path socketDirectory,
        Login superuser,
        Login replication,
        Map<String, String> parameters,
        List<String> hbaLines,
        Bootstrap bootstrap,
        Copying copying) {

    public PostgresSettings {
        parameters = Map.copyOf(parameters);
        hbaLines = List.copyOf(hbaLines);
        if (superuser.name().equals(replication.name())) {
            throw new IllegalArgumentException("superuser and replication role are two roles");
        }
    }

    /** A role with its password, which {@link #toString} hides. */
    public record Login(String name, String password) {
        public Login {
            if (name.isBlank() || password.isEmpty() || password.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a login has a name and a password of one line");
            }
        }

        @Override
        public String toString() {
            return name + ":***";
        }
    }

    /**
     * What a new cluster gets.
     *
     * @param locale for initdb, C.UTF-8 for instance
     * @param database created with {@code owner}; null for none
     * @param sqlFiles run once each in {@code database} (or postgres) as the superuser, in their order, each in
     *     one transaction
     */
    public record Bootstrap(
            String locale,
            String encoding,
            boolean checksums,
            @Nullable String database,
            @Nullable Login owner,
            List<Path> sqlFiles) {

        public static final Bootstrap DEFAULT = new Bootstrap("C.UTF-8", "UTF8", true, null, null, List.of());

        public Bootstrap {
            sqlFiles = List.copyOf(sqlFiles);
        }
    }

    /**
     * How another member is copied.
     *
     * @param limit for the whole of it
     * @param bytesPerSecond what it may take from the other, from 32 KiB to 1 GiB; 0 for as much as there is
     */
    public record Copying(Duration limit, long bytesPerSecond) {

        public static final Copying DEFAULT = new Copying(Duration.ofHours(24), 0);

        public Copying {
            if (limit.isNegative() || limit.isZero() || bytesPerSecond != 0 && bytesPerSecond < 32 << 10) {
                throw new IllegalArgumentException("a copy takes time, and 32 KiB a second at least");
            }
        }
    }

    /** The host at which this member's agent reaches its own server. */
    String ownHost() {
        List<String> hosts = List.of(listen.split("\\s*,\\s*"));
        for (String loopback : List.of("*", "0.0.0.0", "localhost", "127.0.0.1")) {
            if (hosts.contains(loopback)) {
                return "127.0.0.1";
            }
        }
        return hosts.contains("::") || hosts.contains("::1") ? "::1" : hosts.getFirst();
    }
}
