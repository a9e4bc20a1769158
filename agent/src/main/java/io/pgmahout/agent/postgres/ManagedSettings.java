package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.MemberName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings that pgmahout owns, in files of its own in the data directory: {@code pgmahout.conf}, included at
 * the end of the user's postgresql.conf, and {@code pgmahout_hba.conf}. The user's files are not rewritten, but what
 * ALTER SYSTEM stored of the settings enforced here is taken out, because it would win. docs/postgres.md lists them.
 */
final class ManagedSettings {

    static final String FILE = "pgmahout.conf";
    static final String HBA_FILE = "pgmahout_hba.conf";
    private static final String INCLUDE = "include_if_exists = 'pgmahout.conf'";
    private static final String SOURCE_LINE = "# following ";
    private static final Set<String> LEFT_TO_AT_LEAST = Set.of("max_wal_senders", "max_replication_slots");

    private ManagedSettings() {}

    /** Writes all of it into {@code directory}. */
    static void write(Path directory, PostgresSettings settings, Path passFile, @Nullable Source source)
            throws IOException {
        Map<String, String> enforced = enforced(settings, passFile, source);
        StringBuilder text = new StringBuilder("# Written by pgmahout; changes here are lost.\n");
        if (source != null) {
            text.append(SOURCE_LINE)
                    .append(source.member())
                    .append(' ')
                    .append(source.address())
                    .append('\n');
        }
        Map<String, String> all = new TreeMap<>(enforced);
        settings.parameters().forEach((name, value) -> all.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        all.forEach((name, value) ->
                text.append(name).append(" = ").append(quoted(value)).append('\n'));
        DurableFile.write(directory.resolve(HBA_FILE), hba(directory, settings));
        DurableFile.write(directory.resolve(FILE), text.toString());
        include(directory.resolve("postgresql.conf"));
        strip(directory.resolve("postgresql.auto.conf"), enforced.keySet());
    }

    /** Whom the file names as the one to stream from, or null. */
    static @Nullable Source following(Path directory) throws IOException {
        String text = DurableFile.readOrNull(directory.resolve(FILE));
        String line = text == null
                ? null
                : text.lines()
                        .filter(l -> l.startsWith(SOURCE_LINE))
                        .findFirst()
                        .orElse(null);
        if (line == null) {
            return null;
        }
        String[] words = line.substring(SOURCE_LINE.length()).split(" ", 2);
        return words.length < 2 ? null : new Source(new MemberName(words[0]), words[1]);
    }

    private static Map<String, String> enforced(PostgresSettings settings, Path passFile, @Nullable Source source) {
        Map<String, String> wanted = settings.parameters();
        Map<String, String> all = new TreeMap<>();
        all.put("wal_level", "logical".equals(wanted.get("wal_level")) ? "logical" : "replica");
        all.put("hot_standby", "on");
        all.put("wal_log_hints", "on");
        all.put("full_page_writes", "on");
        all.put("fsync", "on");
        LEFT_TO_AT_LEAST.forEach(name -> all.put(name, atLeast(wanted.get(name), 10)));
        // How long recovery sleeps when no WAL is to be had; a promotion may wait for the end of such a sleep.
        all.put("wal_retrieve_retry_interval", "100ms");
        // Several agents' and operators' connections must come in when clients have taken all others.
        all.put("superuser_reserved_connections", atLeast(wanted.get("superuser_reserved_connections"), 5));
        all.put("restart_after_crash", "on");
        all.put("listen_addresses", settings.listen());
        all.put("port", Integer.toString(settings.port()));
        all.put("unix_socket_directories", settings.socketDirectory().toString());
        // A relative path would be looked up where the postmaster was started.
        all.put("hba_file", settings.dataDirectory().resolve(HBA_FILE).toString());
        all.put("recovery_target_timeline", "latest");
        all.put("primary_slot_name", source == null ? "" : Slots.name(settings.member()));
        all.put("primary_conninfo", source == null ? "" : ConnInfo.replication(settings, passFile, source));
        return all;
    }

    private static String atLeast(@Nullable String wanted, int least) {
        try {
            return Integer.toString(Math.max(least, wanted == null ? least : Integer.parseInt(wanted.strip())));
        } catch (NumberFormatException e) {
            return Integer.toString(least);
        }
    }

    /** Ours first, then the configured lines, then what the data directory's own pg_hba.conf says. */
    private static String hba(Path directory, PostgresSettings settings) throws IOException {
        String superuser = "\"" + settings.superuser().name().replace("\"", "\"\"") + "\"";
        String replication = "\"" + settings.replication().name().replace("\"", "\"\"") + "\"";
        List<String> lines = new ArrayList<>();
        lines.add("# Written by pgmahout; changes here are lost. Those in pg_hba.conf are taken over.");
        lines.add("host all " + superuser + " samehost scram-sha-256");
        lines.add("host replication " + replication + " all scram-sha-256");
        lines.add("host postgres " + replication + " all scram-sha-256");
        lines.addAll(settings.hbaLines());
        String own = DurableFile.readOrNull(directory.resolve("pg_hba.conf"));
        if (own != null) {
            own.lines()
                    .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                    .forEach(lines::add);
        }
        return String.join("\n", lines) + "\n";
    }

    private static void include(Path file) throws IOException {
        String text = DurableFile.readOrNull(file);
        String lines = text == null ? "" : text;
        String last = lines.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .reduce("", (before, after) -> after);
        if (last.equals(INCLUDE)) {
            return;
        }
        // What stands after the include would win over it, so it goes to the end once more.
        String gap = lines.isEmpty() || lines.endsWith("\n") ? "" : "\n";
        DurableFile.write(file, lines + gap + "\n" + INCLUDE + "\n");
    }

    private static void strip(Path file, Set<String> names) throws IOException {
        String text = DurableFile.readOrNull(file);
        if (text == null || !Files.exists(file)) {
            return;
        }
        StringBuilder kept = new StringBuilder();
        text.lines()
                .filter(line -> !names.contains(line.split("=", 2)[0].strip().toLowerCase(Locale.ROOT)))
                .forEach(line -> kept.append(line).append('\n'));
        DurableFile.write(file, kept.toString());
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
