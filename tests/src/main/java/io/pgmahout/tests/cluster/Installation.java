package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The programs that members run.
 *
 * @param runtime the home of the agents' JVM
 * @param jars the agent and its libraries, in the order of the class path
 * @param others what only an agent whose record is in Kubernetes needs besides, and commands that make certificates
 * @param gate the gate's script
 * @param postgres the directory of PostgreSQL's programs
 * @param options the argument file with what the agent's JVM is given
 * @param cache the AOT cache of the agent, when there is one
 */
public record Installation(
        Path runtime,
        List<Path> jars,
        List<Path> others,
        Path gate,
        Path postgres,
        Path options,
        Optional<Path> cache) {

    private static final String CACHE = "agent.aot";
    private static final String RUNTIME = "runtime";
    private static final Duration TRAINING_LIMIT = Duration.ofMinutes(3);
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    public Installation {
        jars = List.copyOf(jars);
    }

    /** What is built in this checkout, in a place where {@link ServerUser} can read it; found once. */
    public static Installation readable() {
        return ReadableCopy.INSTALLATION;
    }

    /** What is built in this checkout: the property {@code pgmahout.home}, else around the working directory. */
    static Installation built() {
        Path home = home();
        Path target = home.resolve("agent/target");
        List<Path> jars = new ArrayList<>(list(target, "agent-*.jar"));
        if (jars.size() != 1) {
            throw new ClusterException("the agent is not built: mvn package in " + home);
        }
        jars.addAll(list(target.resolve("lib"), "*.jar"));
        Path cache = target.resolve(CACHE);
        Path runtime = target.resolve(RUNTIME);
        return new Installation(
                Files.exists(runtime) ? runtime : jdk(),
                jars,
                Stream.of("kubernetes", "certs")
                        .flatMap(name -> list(target.resolve(name), "*.jar").stream())
                        .toList(),
                home.resolve("gate/pgmahout-gate"),
                newestPostgres(),
                home.resolve("agent/jvm.options"),
                Files.exists(cache) ? Optional.of(cache) : Optional.empty());
    }

    /** With all that an agent is installed with. Several processes may want it made, and one makes it. */
    private static Installation made() {
        Path lock = home().resolve("agent/target/installation.lock");
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.lock();
            return built().linked().trained();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a JVM of the agents' own, and jars to match. */
    private Installation linked() {
        Path script = home().resolve("agent/link-runtime");
        Path target = home().resolve("agent/target");
        Path linked = target.resolve(RUNTIME);
        if (!isNewer(linked, script) || !isNewer(linked, jars.getFirst())) {
            ServerUser.run(List.of("bash", script.toString(), jdk().toString(), target.toString()), TRAINING_LIMIT);
        }
        return new Installation(linked, jars, others, gate, postgres, options, cache);
    }

    /** With a class cache that is newer than the agent and its JVM; made by another process where there is none. */
    private Installation trained() {
        Path file = jars.getFirst().resolveSibling(CACHE);
        if (!isNewer(file, jars.getFirst()) || !isNewer(file, runtime)) {
            // One of an older agent would go into the new one's making.
            ServerUser.deleteTree(file);
            ServerUser.run(
                    List.of(
                            jdk().resolve("bin/java").toString(),
                            "-Dpgmahout.home=" + home(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Training.class.getName(),
                            file.toString()),
                    TRAINING_LIMIT);
        }
        return new Installation(runtime, jars, others, gate, postgres, options, Optional.of(file));
    }

    private static boolean isNewer(Path file, Path than) {
        try {
            return Files.exists(file) && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(than)) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jdk() {
        return Path.of(System.getProperty("java.home"));
    }

    private Path java() {
        return runtime.resolve("bin/java");
    }

    static Path home() {
        String given = System.getProperty("pgmahout.home");
        Path start = Path.of(given == null ? "" : given).toAbsolutePath();
        for (Path place = start; place != null; place = place.getParent()) {
            if (Files.exists(place.resolve("gate/pgmahout-gate"))) {
                return place;
            }
        }
        throw new ClusterException("no checkout of pgmahout at or above " + start);
    }

    private static List<Path> list(Path directory, String glob) {
        List<Path> files = new ArrayList<>();
        try (var found = Files.newDirectoryStream(directory, glob)) {
            found.forEach(files::add);
        } catch (IOException e) {
            return List.of();
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    private static Path newestPostgres() {
        String given = System.getProperty("pgmahout.postgres");
        if (given != null) {
            return Path.of(given);
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparingInt(Installation::major))
                    .orElseThrow(() -> new ClusterException("no PostgreSQL server in " + DEBIAN));
        } catch (IOException e) {
            throw new ClusterException("PostgreSQL is not installed: there is no " + DEBIAN, e);
        }
    }

    private static int major(Path bin) {
        String name = bin.getName(bin.getNameCount() - 2).toString();
        return name.matches("[0-9]+") ? Integer.parseInt(name) : 0;
    }

    /**
     * Copies what is not readable for everybody. The cache accepts other directories when they lie to each other as
     * before, and the files have their times.
     */
    private Installation copyTo(Path directory) {
        try {
            Path library = Files.createDirectories(directory.resolve("lib"));
            List<Path> copied = new ArrayList<>();
            for (Path jar : jars) {
                copied.add(copy(jar, jar.equals(jars.getFirst()) ? directory : library));
            }
            Path beside = Files.createDirectories(directory.resolve("others"));
            List<Path> copiedOthers = new ArrayList<>();
            for (Path jar : others) {
                copiedOthers.add(copy(jar, beside));
            }
            Optional<Path> copiedCache = cache.isPresent() ? Optional.of(copy(cache.get(), directory)) : cache;
            Installation installation = new Installation(
                    runtime.equals(jdk()) ? runtime : copyTree(runtime, directory.resolve(RUNTIME)),
                    copied,
                    copiedOthers,
                    copy(gate, directory),
                    postgres,
                    copy(options, directory),
                    copiedCache);
            ServerUser.own(directory);
            return installation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy(Path file, Path directory) throws IOException {
        return Files.copy(file, directory.resolve(file.getFileName().toString()), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static Path copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    /** The command line of an agent up to its own options. */
    List<String> agent(List<String> jvmOptions) {
        return agent(jvmOptions, List.of());
    }

    /** The same with all libraries: for other commands, and for an agent whose record is in Kubernetes. */
    List<String> withAllLibraries(List<String> jvmOptions) {
        return agent(jvmOptions, others);
    }

    private List<String> agent(List<String> jvmOptions, List<Path> more) {
        List<String> command = new ArrayList<>(List.of(java().toString()));
        command.add("@" + options);
        cache.ifPresent(file -> command.addAll(List.of("-XX:AOTCache=" + file, "-Xlog:aot=off,cds=off:stderr")));
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(
                Stream.concat(jars.stream(), more.stream()).map(Path::toString).collect(Collectors.joining(":")));
        command.add("io.pgmahout.agent.Program");
        return command;
    }

    private static final class ReadableCopy {
        static final Installation INSTALLATION = find();

        private static Installation find() {
            Installation built = Boolean.getBoolean("pgmahout.train") ? made() : built();
            if (!ServerUser.isDropped()) {
                return built;
            }
            Path directory = ServerUser.newDirectory("pgmahout-runtime-");
            Leftovers.deleteAtEnd(directory);
            Installation copy = built.copyTo(directory);
            try {
                ServerUser.run(
                        ServerUser.command(List.of("test", "-x", copy.java().toString())));
            } catch (ClusterException e) {
                throw new ClusterException(
                        "the user postgres cannot run " + copy.java() + ": install the JDK where everybody may read it",
                        e);
            }
            return copy;
        }
    }
}
