package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a gate refuses to start with, and the script itself. */
final class GateStartTest {
    @Test
    void theScriptPassesShellcheck() throws Exception {
        assertThat(onPath("shellcheck"))
                .as("shellcheck is not installed: apt-get install shellcheck")
                .isTrue();
        assertThat(PostgresUser.runAs(List.of(
                        "shellcheck", "--shell=bash", GateProcess.script().toString())))
                .isEmpty();
    }

    private static boolean onPath(String program) {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    @Test
    void nothingNewerThanBash44IsUsed() throws Exception {
        assertThat(Files.readAllLines(GateProcess.script()))
                .filteredOn(line -> !line.startsWith("#"))
                .noneMatch(line -> line.matches(".*(EPOCHREALTIME|EPOCHSECONDS|SRANDOM|BASH_ARGV0|wait -[fp]"
                        + "|local -[A-Za-z]*I|\\$\\{ |@[UuLKk]}|varredir_close|ulimit -R).*"));
    }

    @Test
    void wrongArgumentsAreStatusTwo() throws Exception {
        Path directory = PostgresUser.newDirectory("pgmahout-start");
        String run = directory + "/run";
        String data = directory + "/data";
        assertExit(2, "run directory is not given", "--data", data);
        assertExit(2, "data directory is not given", "--run", run);
        assertExit(2, "--fence-hold", "--run", run, "--data", data, "--fence-hold", "soon");
        assertExit(2, "unknown option '--colour'", "--run", run, "--data", data, "--colour", "red");
        assertExit(2, "no program 'postgres'", "--run", run, "--data", data, "--bin", "/nowhere");
        assertExit(2, "must not lie in", "--run", data + "/run", "--data", data);
        PostgresUser.write(directory.resolve("file"), "");
        assertExit(4, "run directory", "--run", directory + "/file/run", "--data", data, "--bin", bin());
        assertThat(directory.resolve("data.gate.lock")).doesNotExist();
        PostgresUser.deleteTree(directory);
    }

    @Test
    void rootIsRefused() throws Exception {
        if (PostgresUser.isRoot()) {
            assertThat(exit(List.of(GateProcess.script().toString(), "--run", "/tmp/r", "--data", "/tmp/d")))
                    .startsWith("2 ")
                    .contains("never as root");
        }
    }

    @Test
    void aSecondGateIsRefusedAndSaysWhoOwnsTheData() {
        try (Member member = Member.create()) {
            member.startPrimary(java.time.Duration.ofMinutes(2));
            assertThatThrownBy(() -> GateProcess.start(member.directory().resolve("run2"), member.data()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("exited 3")
                    .hasMessageContaining("pid " + member.gate().pid());
            assertThatThrownBy(() -> GateProcess.start(
                            member.directory().resolve("run"),
                            member.directory().resolve("other")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("exited 4")
                    .hasMessageContaining("pid " + member.gate().pid());
            assertThat(member.gate().confirm().get("server")).isEqualTo("running");
        }
    }

    @Test
    void aLockWhoseOwnerIsGoneIsTakenOver() throws Exception {
        Path directory = PostgresUser.newDirectory("pgmahout-start");
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).substring(0, 8);
        long living = ProcessHandle.current().pid();
        // The pid lives, but is not the process that took the lock: its start time is another.
        Files.createSymbolicLink(directory.resolve("data.gate.lock"), Path.of(living + ":1:" + living + ":1:" + boot));
        try (GateProcess gate = GateProcess.start(directory.resolve("run"), directory.resolve("data"))) {
            gate.send("hello");
            assertThat(gate.confirm().get("server")).isEqualTo("none");
            assertThat(Files.readSymbolicLink(directory.resolve("data.gate.lock"))
                            .toString())
                    .startsWith(gate.pid() + ":");
        }
        PostgresUser.deleteTree(directory);
    }

    @Test
    void aLinkInThePathLeadsToTheProgramsItBelongsTo() throws Exception {
        Path directory = PostgresUser.newDirectory("pgmahout-start");
        Path links = Files.createDirectory(directory.resolve("links"));
        Files.createSymbolicLink(
                links.resolve("postgres"), PostgresPrograms.bin().resolve("postgres"));
        PostgresUser.runAs(List.of("chmod", "0755", links.toString()));
        Path run = directory.resolve("run");
        Path data = directory.resolve("data");
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + links + ":/usr/bin:/bin"));
        command.addAll(GateProcess.arguments(run, data));
        try (GateProcess gate = GateProcess.start(run, data, PostgresUser.command(command))) {
            assertThat(gate.runJob("version", java.time.Duration.ofSeconds(20), "pg_controldata", "--version")
                            .get("status"))
                    .isEqualTo("0");
            assertThat(KeyValues.read(run.resolve("gate")).get("bin"))
                    .isEqualTo(PostgresPrograms.bin().toRealPath().toString());
        }
        PostgresUser.deleteTree(directory);
    }

    private static String bin() {
        return PostgresPrograms.bin().toString();
    }

    private static void assertExit(int status, String sentence, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(GateProcess.command(Path.of("/"), Path.of("/")));
        while (!command.getLast().endsWith("pgmahout-gate")) {
            command.removeLast();
        }
        command.addAll(List.of(arguments));
        assertThat(exit(command)).startsWith(status + " ").contains(sentence);
    }

    private static String exit(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PGMAHOUT_") || name.equals("PGDATA"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + output;
    }
}
