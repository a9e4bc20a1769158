package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SIGTERM, with and without an agent, as an ordinary process and as the first of a pid namespace. */
final class GateTerminationTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void withoutAnAgentTheServerIsStoppedFast() {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            long from = System.nanoTime();
            member.gate().terminate();
            assertThat(member.gate().awaitExit()).isZero();
            assertThat((System.nanoTime() - from) / 1_000_000).isLessThan(5000);
            KeyValues state = member.gate().state();
            assertThat(state.get("exit")).isEqualTo("0");
            assertThat(state.get("terminating")).isNotEqualTo("-");
            assertThat(member.directory().resolve("run/command")).doesNotExist();
            assertThat(member.directory().resolve("data.gate.lock")).doesNotExist();
        }
    }

    @Test
    void aLivingAgentHandsOverAndMayStillAskForAJob() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            gate.send("ping");
            gate.confirm();
            gate.terminate();
            gate.await("terminating", state -> !state.get("terminating").equals("-"));
            long start = gate.send("start", "primary");
            KeyValues state = gate.confirm();
            assertThat(state.get("refused")).isEqualTo(start + " already-running");
            assertThat(state.get("server")).isEqualTo("running");
            gate.send("ping");
            gate.send("stop", "fast", "10000");
            gate.awaitServer("none");
            KeyValues job = gate.runJob(
                    "end", LONG, "pg_controldata", "-D", member.data().toString());
            assertThat(job.get("status")).isEqualTo("0");
            assertThat(gate.awaitExit()).isZero();
        }
    }

    @Test
    void anAgentThatDoesNotHandOverLosesItsTurn() {
        try (Member member = Member.create("--handover-wait", "1000")) {
            member.startPrimary(LONG);
            member.gate().send("ping");
            member.gate().confirm();
            long from = System.nanoTime();
            member.gate().terminate();
            member.gate().terminate();
            assertThat(member.gate().awaitExit()).isZero();
            assertThat((System.nanoTime() - from) / 1_000_000).isBetween(900L, 6000L);
            assertThat(member.gate().state().get("exit")).isEqualTo("0");
        }
    }

    @Test
    void theFirstProcessOfAContainerTerminatesToo() throws Exception {
        Path directory = PostgresUser.newDirectory("pgmahout-container");
        try {
            PostgresPrograms.newData(directory.resolve("data"));
            Member.configure(directory, Ports.free());
            List<String> command = new ArrayList<>(List.of("unshare"));
            if (!PostgresUser.isRoot()) {
                command.addAll(List.of("--user", "--map-current-user"));
            }
            command.addAll(List.of("--pid", "--fork", "--kill-child", "--mount-proc"));
            command.addAll(GateProcess.command(directory.resolve("run"), directory.resolve("data")));
            try (GateProcess gate = GateProcess.start(directory.resolve("run"), directory.resolve("data"), command)) {
                assertThat(KeyValues.read(directory.resolve("run/gate")).get("pid"))
                        .isEqualTo("1");
                gate.send("hello");
                gate.permit(LONG);
                gate.send("start", "primary");
                gate.await("running", state -> !state.get("postmaster").equals("-"));
                ProcessTable.signal("TERM", ProcessTable.children(gate.pid()).getFirst());
                assertThat(gate.awaitExit()).isZero();
                assertThat(gate.state().get("server")).isEqualTo("none");
            }
        } finally {
            assertThat(Files.exists(directory)).isTrue();
            PostgresUser.deleteTree(directory);
        }
    }
}
