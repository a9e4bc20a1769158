package io.pgmahout.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How the cluster comes into being; without effect once its record exists. */
public record BootstrapSettings(
        Method method,
        String locale,
        String encoding,
        boolean dataChecksums,
        Optional<String> database,
        Optional<String> owner,
        Optional<Secret> ownerPassword,
        List<Path> sqlFiles) {
    /** What a member does that finds no cluster record. */
    public enum Method {
        /** Run initdb, or adopt the data directory if it already holds a cluster. */
        INITDB,
        /** Adopt the data directory; never run initdb. */
        ADOPT,
        /** Wait for another member to make the cluster, then clone it. */
        NONE
    }

    public BootstrapSettings {
        sqlFiles = List.copyOf(sqlFiles);
    }
}
