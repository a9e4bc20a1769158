package io.pgmahout.tests.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the gate obeys, what it ignores, and that nothing in the FIFO keeps it from enforcing. */
final class GateCommandsTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void linesThatAreNoCommandsAreCountedAndHaveNoEffect() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            List<String> garbage = List.of(
                    "1 100 permit $(touch /tmp/x)",
                    "1 100 start  primary",
                    " 1 100 ping",
                    "1 100 ping ",
                    "1 100 dance",
                    "1 100",
                    "x 100 ping",
                    "-1 100 ping",
                    "1 1000000000000000000000 ping",
                    "1 100 job a 10 initdb %zz",
                    "1 100 job a 10 initdb %00",
                    "1 100 job a 10 initdb %",
                    "1 a[$(id)] ping",
                    "1 100 ping\t",
                    "\u00e9");
            for (String line : garbage) {
                gate.write((line + "\n").getBytes(UTF_8));
            }
            gate.confirm();
            KeyValues state = gate.await("counted", s -> s.number("ignored") == garbage.size());
            assertThat(state.get("session")).isEqualTo("1");
            assertThat(state.get("refused")).isEqualTo("-");
        }
    }

    @Test
    void linesOfAnOlderSessionAndRepeatedOnesAreIgnored() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            gate.newSession();
            long deadline = gate.permit(LONG);
            gate.write("1 1000 permit 0\n".getBytes(UTF_8));
            gate.write("2 2 permit 0\n".getBytes(UTF_8));
            KeyValues state = gate.confirm();
            assertThat(state.number("permit")).isEqualTo(deadline);
            assertThat(state.get("session")).isEqualTo("2");
            gate.await("both counted", s -> s.number("ignored") == 2);
        }
    }

    @Test
    void anOversizedOrUnfinishedLineCostsOnlyItself() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            byte[] long4096 = new byte[4096];
            Arrays.fill(long4096, (byte) 'a');
            gate.write(long4096);
            gate.write(long4096);
            gate.write("tail 1 999 start primary\n".getBytes(UTF_8));
            assertThat(gate.confirm().get("refused")).isEqualTo("-");
            gate.write("1 2000 perm".getBytes(UTF_8));
            gate.await("the piece was dropped", s -> gate.log().contains("unfinished") || s.number("ignored") >= 2);
            long deadline = gate.permit(LONG);
            assertThat(gate.confirm().number("permit")).isEqualTo(deadline);
            String longest = "1 %d permit %d ".formatted(gate.send("ping") + 1, deadline);
            gate.send("ping");
            gate.write((longest + "A".repeat(4095 - longest.length()) + "\n").getBytes(UTF_8));
            KeyValues state = gate.confirm();
            assertThat(state.number("permit")).isEqualTo(deadline);
        }
    }

    @Test
    void aFloodDoesNotDelayTheFreeze() throws Exception {
        try (Member member = Member.create("--fence-hold", "20000")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            gate.permit(Duration.ofMillis(1500));
            gate.confirm();
            Thread flood = Thread.ofPlatform().daemon().unstarted(() -> flood(gate));
            flood.start();
            try {
                KeyValues frozen = gate.awaitServer("frozen");
                System.out.printf(
                        "flood: frozen %d ms after the deadline, %s lines ignored%n",
                        (frozen.number("frozen") - frozen.number("permit")) * 10, frozen.get("ignored"));
                assertThat(frozen.number("frozen") - frozen.number("permit")).isBetween(0L, 10L);
                assertThat(frozen.number("ignored")).isGreaterThan(20);
            } finally {
                flood.interrupt();
                flood.join(20_000);
            }
            gate.permit(LONG);
            gate.awaitServer("running");
        }
    }

    private static void flood(GateProcess gate) {
        Random random = new Random(7);
        byte[] bytes = new byte[3000];
        while (!Thread.currentThread().isInterrupted()) {
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                Arrays.fill(bytes, (byte) 0);
            }
            gate.write(bytes);
        }
    }

    @Test
    void commandsThatCannotBeAreRefusedWithTheReason() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            assertRefused(gate, "start standby", "no-standby-signal");
            assertRefused(gate, "start", "malformed");
            assertRefused(gate, "start sideways", "malformed");
            assertRefused(gate, "stop fast 1000", "not-running");
            assertRefused(gate, "stop slow 1000", "malformed");
            assertRefused(gate, "kill", "not-running");
            assertRefused(gate, "reload", "not-running");
            assertRefused(gate, "cancel x", "no-such-job");
            assertRefused(gate, "permit", "malformed");
            assertRefused(gate, "permit 5 abc", "malformed");
            assertRefused(gate, "job a 1000 rm -rf /", "unknown-tool");
            assertRefused(gate, "job a 1000", "malformed");
            assertRefused(gate, "job a 1000 postgres -D x", "not-single-user");
            gate.permit(LONG);
            PostgresUser.write(member.data().resolve("standby.signal"), "");
            assertRefused(gate, "start primary", "standby-signal");
            member.data().resolve("standby.signal").toFile().delete();
            PostgresUser.write(member.data().resolve("recovery.signal"), "");
            assertRefused(gate, "start primary", "recovery-signal");
            member.data().resolve("recovery.signal").toFile().delete();
            PostgresUser.run("mv", member.data() + "/pg_wal", member.data() + "/pg_wal.away");
            assertRefused(gate, "start primary", "no-wal");
            PostgresUser.run("ln", "-s", member.data() + "/pg_wal.away", member.data() + "/pg_wal");
            member.startPrimary(LONG);
            assertRefused(gate, "start primary", "already-running");
            assertRefused(gate, "job a 1000 initdb -D /x", "server-runs");
            assertThat(gate.state().get("server")).isEqualTo("running");
        }
    }

    private static void assertRefused(GateProcess gate, String command, String reason) {
        List<String> words = Arrays.asList(command.split(" ", -1));
        long number = gate.send(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));
        assertThat(gate.confirm().get("refused")).as(command).isEqualTo(number + " " + reason);
    }

    @Test
    void aReloadReachesTheServer() {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            PostgresUser.write(member.data().resolve("postgresql.auto.conf"), "work_mem = '7MB'\n");
            member.gate().send("reload");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> member.query("SHOW work_mem").equals("7MB"));
        }
    }

    @Test
    void anIdleGateUsesNextToNothing() {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            long before = ProcessTable.ticks(member.gate().pid());
            long from = Uptime.now();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Uptime.now() >= from + 300);
            double share = 100.0 * (ProcessTable.ticks(member.gate().pid()) - before) / (Uptime.now() - from);
            System.out.printf("idle gate: %.1f %% of a core%n", share);
            assertThat(share).isLessThan(3.0);
        }
    }
}
