package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** PostgreSQL's tools as jobs. */
final class GateJobTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void aJobReportsItsOutputAndStatus() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            KeyValues job = gate.runJob(
                    "control", LIMIT, "pg_controldata", "-D", member.data().toString());
            assertThat(job.get("status")).isEqualTo("0");
            assertThat(job.get("tool")).isEqualTo("pg_controldata");
            assertThat(job.number("ended")).isGreaterThanOrEqualTo(job.number("started"));
            assertThat(member.file("run/job.out")).contains("Database system identifier");

            job = gate.runJob("bad", LIMIT, "pg_controldata", "-D", "/no where/ 'é' $(id) %41 \\x41 *");
            assertThat(job.get("status")).isEqualTo("1");
            assertThat(member.file("run/job.err")).contains("/no where/ 'é' $(id) %41 \\x41 */global/pg_control");
            assertThat(member.file("run/job.out")).isEmpty();
        }
    }

    @Test
    void anEmptyDirectoryBecomesACluster() {
        try (Member member = Member.createEmpty()) {
            GateProcess gate = member.gate();
            long start = gate.send("start", "primary");
            assertThat(gate.confirm().get("refused")).isEqualTo(start + " no-data");
            KeyValues job =
                    gate.runJob("init", LIMIT, "initdb", "-D", member.data().toString(), "--no-sync");
            assertThat(job.get("status")).isEqualTo("0");
            job = gate.runJob(
                    "single",
                    LIMIT,
                    "postgres",
                    "--single",
                    "-F",
                    "-D",
                    member.data().toString(),
                    "template1");
            assertThat(job.get("status")).isEqualTo("0");
        }
    }

    @Test
    void aJobIsEndedAtItsLimitWithAllItsProcesses() {
        try (SlowTool tool = SlowTool.create()) {
            KeyValues job = tool.gate().runJob("slow", Duration.ofMillis(400), "pg_waldump");
            assertThat(job.get("status")).isEqualTo("timeout");
            assertThat(job.number("ended") - job.number("started")).isBetween(40L, 700L);
            tool.assertNothingIsLeft();
        }
    }

    @Test
    void aCancelledJobEndsAndTheNextOneMayStart() {
        try (SlowTool tool = SlowTool.create()) {
            GateProcess gate = tool.gate();
            gate.startJob("one", LIMIT, "pg_waldump");
            tool.awaitRunning();
            long second = gate.send("job", "two", "1000", "pg_controldata");
            assertThat(gate.confirm().get("refused")).isEqualTo(second + " job-running");
            gate.send("cancel", "one");
            assertThat(gate.awaitJob("one").get("status")).isEqualTo("signal:15");
            tool.assertNothingIsLeft();
            assertThat(gate.runJob("three", LIMIT, "pg_controldata").get("status"))
                    .isEqualTo("0");
        }
    }

    @Test
    void noJobOutlivesTheGate() {
        try (SlowTool tool = SlowTool.create()) {
            tool.gate().startJob("one", LIMIT, "pg_waldump");
            tool.awaitRunning();
            tool.gate().terminate();
            assertThat(tool.gate().awaitExit()).isZero();
            tool.assertNothingIsLeft();
        }
        try (SlowTool tool = SlowTool.create()) {
            tool.gate().startJob("one", LIMIT, "pg_waldump");
            tool.awaitRunning();
            tool.gate().killGate();
            tool.assertNothingIsLeft();
        }
    }

    @Test
    void outputIsCutAtAMebibyteAndTheJobIsNotHeldUp() throws Exception {
        try (SlowTool tool = SlowTool.create()) {
            KeyValues job = tool.gate().runJob("much", LIMIT, "pg_verifybackup");
            assertThat(job.get("status")).isEqualTo("3");
            assertThat(Files.size(tool.directory.resolve("run/job.out"))).isEqualTo(1 << 20);
            assertThat(Files.readString(tool.directory.resolve("run/job.err"))).isEqualTo("told\n");
        }
    }

    /** A gate whose programs are scripts that do not end, or write much. */
    private record SlowTool(Path directory, GateProcess gate) implements AutoCloseable {
        static SlowTool create() {
            Path directory = PostgresUser.newDirectory("pgmahout-slow");
            PostgresUser.run("mkdir", "-m", "0755", directory + "/bin");
            script(directory, "postgres", "exit 1");
            script(directory, "pg_controldata", "exit 0");
            script(directory, "pg_waldump", "cd " + directory + "/bin; sleep 100 & sleep 100; :");
            script(
                    directory,
                    "pg_verifybackup",
                    "head -c 5000000 /dev/zero; echo told >&2; readlink /proc/self/fd/3 >&2; exit 3");
            GateProcess gate =
                    GateProcess.start(directory.resolve("run"), directory.resolve("data"), "--bin", directory + "/bin");
            gate.send("hello");
            return new SlowTool(directory, gate);
        }

        private static void script(Path directory, String name, String body) {
            Path file = directory.resolve("bin").resolve(name);
            PostgresUser.write(file, "#!/bin/sh\n" + body + "\n");
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private List<Long> running() {
            return ProcessTable.workingIn(directory.resolve("bin"));
        }

        void awaitRunning() {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> running().size() == 3);
        }

        void assertNothingIsLeft() {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> running().isEmpty());
        }

        @Override
        public void close() {
            gate.close();
            PostgresUser.deleteTree(directory);
        }
    }
}
