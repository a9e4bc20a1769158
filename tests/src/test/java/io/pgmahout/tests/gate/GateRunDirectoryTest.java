package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The permit is enforced whatever has become of the run directory. */
final class GateRunDirectoryTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void aReadOnlyRunDirectoryCostsReportsOnly() throws Exception {
        try (Member member = Member.create("--fence-hold", "1000")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            gate.confirm();
            PostgresUser.runAs(List.of("chmod", "0500", gate.run().toString()));
            gate.send("permit", "0");
            awaitStopped(member);
            assertThat(gate.state().get("server")).isEqualTo("running");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> ProcessTable.workingIn(member.data()).isEmpty());
            PostgresUser.runAs(List.of("chmod", "0700", gate.run().toString()));
            KeyValues state = gate.awaitServer("none");
            assertThat(state.get("fenced")).isEqualTo("1");
            assertThat(state.get("exit")).isEqualTo("signal:9");
            gate.awaitLog("state cannot be written");
            gate.awaitLog("state can be written again");
        }
    }

    @Test
    void aFullRunDirectoryCostsReportsOnly() throws Exception {
        if (!PostgresUser.isRoot()) {
            return;
        }
        Path directory = PostgresUser.newDirectory("pgmahout-full");
        Path run = Files.createDirectory(directory.resolve("run"));
        PostgresUser.runAs(List.of("mount", "-t", "tmpfs", "-o", "size=64k,uid=postgres", "none", run.toString()));
        try {
            PostgresPrograms.newData(directory.resolve("data"));
            Member.configure(directory, Ports.free());
            String log = directory.resolve("server.log").toString();
            try (GateProcess gate =
                    GateProcess.start(run, directory.resolve("data"), "--fence-hold", "500", "--server-log", log)) {
                gate.send("hello");
                gate.permit(LONG);
                gate.send("start", "primary");
                gate.await("running", state -> !state.get("postmaster").equals("-"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> Files.readString(Path.of(log)).contains("ready to accept"));
                Path filler = run.resolve("filler");
                try {
                    Files.write(filler, new byte[1 << 20]);
                } catch (java.io.IOException full) {
                    assertThat(full).hasMessageContaining("No space left");
                }
                gate.send("permit", "0");
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> ProcessTable.workingIn(gate.data()).isEmpty());
                Files.delete(filler);
                assertThat(gate.awaitServer("none").get("exit")).isEqualTo("signal:9");
            }
        } finally {
            PostgresUser.runAs(List.of("umount", run.toString()));
            PostgresUser.deleteTree(directory);
        }
    }

    @Test
    void aDeletedRunDirectoryEndsTheServerWithItsPermitAndThenTheGate() {
        try (Member member = Member.create("--fence-hold", "500")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            gate.permit(Duration.ofMillis(500));
            gate.confirm();
            PostgresUser.deleteTree(gate.run());
            awaitStopped(member);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> ProcessTable.workingIn(member.data()).isEmpty());
            assertThat(gate.awaitExit()).isEqualTo(4);
        }
    }

    private static void awaitStopped(Member member) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    List<Long> processes = ProcessTable.workingIn(member.data());
                    return !processes.isEmpty()
                            && processes.stream()
                                    .allMatch(pid -> ProcessTable.state(pid)
                                            .map(s -> s.equals("T"))
                                            .orElse(false));
                });
    }
}
