package io.pgmahout.config;

import io.pgmahout.config.BootstrapSettings.Method;
import java.nio.file.Path;
import java.util.List;

/** How the cluster comes into being. */
final class BootstrapKeys {
    static final Key<Method> METHOD = Key.standard(
            "bootstrap.method",
            Types.oneOf(Method.class),
            "initdb",
            "What a member does that finds no cluster record, and has no data of this cluster: make a cluster (or adopt what lies in"
                    + " the data directory),"
                    + " only adopt, or wait for another member and clone it.",
            s -> s.bootstrap().method());
    static final Key<String> LOCALE = Key.standard(
            "bootstrap.locale",
            Types.matching("a locale such as C.UTF-8 or de_DE.UTF-8", "[A-Za-z0-9_.@-]{1,64}"),
            "C.UTF-8",
            "The locale for initdb.",
            s -> s.bootstrap().locale());
    static final Key<String> ENCODING = Key.standard(
            "bootstrap.encoding",
            Types.matching("an encoding of PostgreSQL such as UTF8", "[A-Za-z0-9_-]{1,32}"),
            "UTF8",
            "The encoding for initdb.",
            s -> s.bootstrap().encoding());
    static final Key<Boolean> DATA_CHECKSUMS = Key.standard(
            "bootstrap.data-checksums",
            Types.BOOLEAN,
            "true",
            "Whether initdb switches data checksums on.",
            s -> s.bootstrap().dataChecksums());
    static final Key<String> DATABASE = Key.optional(
            "bootstrap.database",
            Types.sqlName(
                    "a database name other than postgres, template0 and template1",
                    List.of("postgres", "template0", "template1")),
            "A database to create.",
            s -> s.bootstrap().database());
    static final Key<String> OWNER = Key.optional(
            "bootstrap.owner",
            Types.sqlName("a role name", List.of("public", "none")),
            "The role to create that owns bootstrap.database.",
            s -> s.bootstrap().owner());
    static final Key<Secret> OWNER_PASSWORD = Key.secret(
            "bootstrap.owner-password-file",
            "File with the password of that role.",
            s -> s.bootstrap().ownerPassword());
    static final Key<List<Path>> SQL_FILES = Key.standard(
            "bootstrap.sql-files",
            Types.listOf(Types.READABLE_FILE, 64),
            "",
            "SQL files to run once, in this order, in bootstrap.database if there is one.",
            s -> s.bootstrap().sqlFiles());

    static final List<Key<?>> ALL =
            List.of(METHOD, LOCALE, ENCODING, DATA_CHECKSUMS, DATABASE, OWNER, OWNER_PASSWORD, SQL_FILES);

    private BootstrapKeys() {}

    static BootstrapSettings from(Values values) {
        return new BootstrapSettings(
                values.get(METHOD),
                values.get(LOCALE),
                values.get(ENCODING),
                values.get(DATA_CHECKSUMS),
                values.find(DATABASE),
                values.find(OWNER),
                values.find(OWNER_PASSWORD),
                values.get(SQL_FILES));
    }
}
