package io.pgmahout.tests.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where PostgreSQL's programs are on this machine, and a freshly made data directory to copy. */
public final class PostgresPrograms {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private PostgresPrograms() {}

    /** The directory of the newest installed version. */
    public static Path bin() {
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparingInt(PostgresPrograms::version))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL is not installed", e);
        }
    }

    private static int version(Path bin) {
        return Integer.parseInt(bin.getName(bin.getNameCount() - 2).toString());
    }

    /** Copies a data directory as initdb makes it to {@code data}, which must not exist. */
    public static void newData(Path data) {
        PostgresUser.run("cp", "-a", Template.DATA.toString(), data.toString());
    }

    private static final class Template {
        static final Path DATA = make();

        private static Path make() {
            Path parent = PostgresUser.newDirectory("pgmahout-template");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> PostgresUser.deleteTree(parent)));
            Path data = parent.resolve("data");
            PostgresUser.runAs(PostgresUser.command(List.of(
                    bin().resolve("initdb").toString(),
                    "--pgdata=" + data,
                    "--auth=trust",
                    "--username=postgres",
                    "--no-locale",
                    "--encoding=UTF8",
                    "--data-checksums",
                    "--no-sync")));
            return data;
        }
    }
}
