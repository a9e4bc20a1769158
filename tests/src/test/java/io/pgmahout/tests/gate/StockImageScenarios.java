package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ServerUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The gate as the command of images that others made: it finds their PostgreSQL, whoever it runs as. Not one of the tests that
 * Maven finds by itself, since the images take minutes to make: {@code tests/kubernetes/run} runs it, as root.
 */
final class StockImageScenarios {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration MAKING = Duration.ofMinutes(15);
    private static final String DATA = "/var/lib/pgmahout/data";

    @TempDir
    private static Path storage;

    private static List<Path> archives;

    @TempDir
    private Path directory;

    @BeforeAll
    static void make() {
        Path script = GateProcess.script()
                .resolveSibling("../tests/kubernetes/images")
                .normalize();
        // What is said while they are made goes before the archives' names.
        archives = ServerUser.run(List.of(script.toString(), "all"), MAKING)
                .lines()
                .filter(line -> line.endsWith(".tar"))
                .map(Path::of)
                .toList();
    }

    @AfterAll
    static void remove() {
        buildah("rm", "--all");
        buildah("rmi", "--all");
    }

    @ParameterizedTest
    @CsvSource({"15, 15, 999", "17, 17, 999", "operand-17, 17, 26"})
    void runsAServerAsTheImagesUser(String image, int major, int user) throws IOException {
        Gate gate = start(image, user);
        gate.found(major);
        assertThat(gate.job("initdb", "--pgdata=" + DATA, "--username=postgres", "--locale=C.UTF-8"))
                .isEqualTo("0");
        Files.writeString(
                directory.resolve("volume/data/postgresql.conf"),
                "listen_addresses = ''\nunix_socket_directories = '/run/pgmahout'\n",
                StandardOpenOption.APPEND);
        gate.process().permit(Duration.ofMinutes(2));
        gate.process().send("start", "primary");
        gate.process().awaitServer("running");
        gate.end();
        assertThat(gate.process().state().get("server")).isEqualTo("none");
    }

    /** Whom nobody in the image's list of users knows: PostgreSQL's initdb would not have it, the gate does not mind. */
    @ParameterizedTest
    @CsvSource({"15, 15", "17, 17", "operand-17, 17"})
    void startsAsAnybody(String image, int major) throws IOException {
        Gate gate = start(image, 4711);
        gate.found(major);
        gate.end();
    }

    /** PATH leads to no PostgreSQL in the operand's image, so that the data say which one they are of. */
    @ParameterizedTest
    @CsvSource({"operand-17, 26"})
    void refusesDataOfAnotherMajorVersion(String image, int user) throws IOException {
        Path data = Files.createDirectories(directory.resolve("volume/data"));
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        assertThat(output(image, user)).contains("no postgres of version 15 in PATH nor in /usr/lib/postgresql");
    }

    private Gate start(String image, int user) throws IOException {
        Path run = Files.createDirectories(directory.resolve("run/gate"));
        return new Gate(GateProcess.start(run, directory.resolve("volume/data"), command(image, user)), run);
    }

    private String output(String image, int user) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "\"$@\" 2>&1 || true", "gate"));
        command.addAll(command(image, user));
        return ServerUser.run(command, LIMIT);
    }

    /** As the pod of the chart has it: a volume and a run directory of that user, the gate from elsewhere. */
    private List<String> command(String image, int user) throws IOException {
        Path archive = archives.stream()
                .filter(file -> file.endsWith("postgres-" + image + ".tar"))
                .findFirst()
                .orElseThrow();
        String container =
                buildah("from", "--quiet", "docker-archive:" + archive).strip();
        Path scripts = Files.createDirectories(directory.resolve("gate"));
        Files.copy(GateProcess.script(), scripts.resolve("pgmahout-gate"));
        for (String owned : List.of("volume", "run")) {
            Files.createDirectories(directory.resolve(owned));
            ServerUser.run(List.of(
                    "chown", "-R", user + ":" + user, directory.resolve(owned).toString()));
        }
        return buildahCommand(
                "run",
                "--isolation=chroot",
                "--user=" + user + ":" + user,
                "--volume=" + scripts + ":/run/pgmahout-gate:ro",
                "--volume=" + directory.resolve("volume") + ":/var/lib/pgmahout",
                "--volume=" + directory.resolve("run") + ":/run/pgmahout",
                container,
                "--",
                "bash",
                "/run/pgmahout-gate/pgmahout-gate",
                "--run=/run/pgmahout/gate",
                "--data=" + DATA,
                "--server-log=-");
    }

    private static String buildah(String... arguments) {
        return ServerUser.run(buildahCommand(arguments), LIMIT);
    }

    private static List<String> buildahCommand(String... arguments) {
        return Stream.concat(
                        Stream.of(
                                "buildah",
                                "--root=" + storage.resolve("images"),
                                "--runroot=" + storage.resolve("run"),
                                "--storage-driver=vfs"),
                        Stream.of(arguments))
                .toList();
    }

    /** A gate whose pid is not that of the process that was started, which is the container's engine. */
    private record Gate(GateProcess process, Path run) {

        void found(int major) {
            process.send("hello");
            assertThat(KeyValues.read(run.resolve("gate")).get("bin"))
                    .isEqualTo("/usr/lib/postgresql/" + major + "/bin");
            assertThat(job("postgres", "--version")).isEqualTo("0");
            assertThat(run.resolve("job.out")).content().startsWith("postgres (PostgreSQL) " + major + ".");
        }

        String job(String tool, String... words) {
            return process.runJob(tool, LIMIT, tool, words).get("status");
        }

        void end() {
            ProcessTable.signal("TERM", KeyValues.read(run.resolve("gate")).number("pid"));
            assertThat(process.awaitExit()).isZero();
        }
    }
}
