package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How a server ends, and that nothing of it is left when the gate says so. */
final class GateServerEndTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void aPostmasterKilledAloneTakesItsBackendsWithItBeforeTheEndIsReported() throws Exception {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            long postmaster = member.gate().confirm().number("postmaster");
            try (Writer writer = new Writer(member, 4)) {
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> writer.count() > 50);
                List<Long> before = ProcessTable.workingIn(member.data());
                // A backend that does not run cannot notice for itself that its postmaster is gone.
                ProcessTable.signal("STOP", before.getLast());
                long killed = System.nanoTime();
                ProcessTable.signal("KILL", postmaster);
                KeyValues state = member.gate().awaitServer("none");
                long took = (System.nanoTime() - killed) / 1_000_000;
                assertThat(ProcessTable.workingIn(member.data())).isEmpty();
                assertThat(state.get("exit")).isEqualTo("signal:9");
                assertThat(state.get("permit")).isEqualTo("0");
                System.out.printf("postmaster killed: its end reported after %d ms%n", took);
                assertThat(took).isLessThan(2000);
            }
        }
    }

    @Test
    void aBackendKilledIsNotAnExit() throws Exception {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            KeyValues before = member.gate().confirm();
            long backend;
            try (Connection connection = member.connect()) {
                backend = Long.parseLong(backendOf(connection));
                ProcessTable.signal("KILL", backend);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> member.file("run/postgres.log").contains("all server processes terminated"));
            member.awaitConnections();
            KeyValues after = member.gate().confirm();
            assertThat(after.get("server")).isEqualTo("running");
            assertThat(after.get("postmaster")).isEqualTo(before.get("postmaster"));
            assertThat(after.get("launch")).isEqualTo("1");
            assertThat(after.get("exit")).isEqualTo("-");
        }
    }

    private static String backendOf(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void killEndsAFrozenServer() {
        try (Member member = Member.create("--fence-hold", "60000")) {
            member.startPrimary(LONG);
            member.gate().send("permit", "0");
            member.gate().awaitServer("frozen");
            member.gate().send("kill");
            KeyValues state = member.gate().awaitServer("none");
            assertThat(state.get("exit")).isEqualTo("signal:9");
            assertThat(ProcessTable.workingIn(member.data())).isEmpty();
        }
    }

    @Test
    void aStopThatHangsGetsHarder() throws Exception {
        try (Member member = Member.create();
                Connection connection = hold(member)) {
            long backend = Long.parseLong(backendOf(connection));
            ProcessTable.signal("STOP", backend);
            member.gate().send("stop", "fast", "300");
            member.gate().awaitServer("stopping");
            KeyValues state = member.gate().awaitServer("none");
            assertThat(state.get("exit")).isNotEqualTo("0");
            member.gate().awaitLog("stopping the server: immediate");
            assertThat(ProcessTable.workingIn(member.data())).isEmpty();
        }
    }

    private static long guardOf(Member member) throws IOException {
        Path lock = Files.readSymbolicLink(member.directory().resolve("data.gate.lock"));
        return Long.parseLong(lock.toString().split(":", -1)[2]);
    }

    private static Connection hold(Member member) throws SQLException {
        member.startPrimary(LONG);
        return member.connect();
    }

    @Test
    void aServerThatSomebodyElseStartedIsKilled() throws Exception {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            member.gate().send("stop", "fast", "2000");
            member.gate().awaitServer("none");
            // Alive for the moment of a check at most: whether it was ready by then says nothing.
            startByHand(member);
            KeyValues state = member.gate().await("killed", s -> s.get("killed").equals("1"));
            assertThat(state.get("server")).isEqualTo("none");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> ProcessTable.workingIn(member.data()).isEmpty());
            member.gate().awaitLog("not started by this gate");
            member.startPrimary(LONG);
            assertThat(member.query("SELECT 1")).isEqualTo("1");
        }
    }

    private static void startByHand(Member member) throws Exception {
        PostgresUser.run(
                PostgresPrograms.bin().resolve("pg_ctl").toString(),
                "-D",
                member.data().toString(),
                "-l",
                member.directory().resolve("by-hand.log").toString(),
                "-W",
                "start");
    }

    /** Its lock file is what keeps a second server out of the directory. */
    @Test
    void besideAServerThatSomebodyElseStartedNoneIsStarted() throws Exception {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            member.gate().send("stop", "fast", "2000");
            member.gate().awaitServer("none");
            member.gate().permit(LONG);
            startByHand(member);
            Path lock = member.data().resolve("postmaster.pid");
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> Files.exists(lock) && Files.size(lock) > 0);
            long start = member.gate().send("start", "primary");
            // Now and then the other server is found by the check that needs no command too, as it dies.
            KeyValues state =
                    member.gate().await("killed", s -> !s.get("killed").equals("0"));
            assertThat(state.get("refused")).isIn("-", start + " outsider");
            member.gate()
                    .await(
                            "none",
                            s -> s.get("server").equals("none")
                                    || s.get("launch").equals("2"));
            member.gate().awaitLog("not started by this gate");
        }
    }

    @Test
    void aServerThatCannotStartIsReportedWithItsStatus() {
        try (Member member = Member.create()) {
            PostgresUser.write(member.data().resolve("postgresql.auto.conf"), "no_such_setting = 1\n");
            member.gate().permit(LONG);
            member.gate().send("start", "primary");
            KeyValues state = member.gate().await("ended", s -> s.get("exit").equals("1"));
            assertThat(state.get("server")).isEqualTo("none");
            assertThat(member.file("run/postgres.log")).contains("no_such_setting");
        }
    }

    @Test
    void aServerThatEndsByItselfUsesItsPermitUpAndOneThatWasStoppedDoesNot() {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            long permit = member.gate().confirm().number("permit");
            member.gate().send("stop", "fast", "60000");
            assertThat(member.gate().awaitServer("none").number("permit")).isEqualTo(permit);
            member.gate().send("start", "primary");
            member.awaitConnections();

            ProcessTable.signal("KILL", member.gate().confirm().number("postmaster"));
            assertThat(member.gate().awaitServer("none").number("permit")).isZero();
            long start = member.gate().send("start", "primary");
            assertThat(member.gate().confirm().get("refused")).isEqualTo(start + " no-permit");
        }
    }

    @Test
    void aLockFileOfADeadServerWhosePidLivesAgainDoesNotPreventAStart() {
        try (Member member = Member.create()) {
            long somebody = ProcessTable.children(member.gate().pid()).getFirst();
            PostgresUser.write(
                    member.data().resolve("postmaster.pid"),
                    "%d\n%s\n1\n%d\n%s\n127.0.0.1\n"
                            .formatted(somebody, member.data(), member.port(), member.directory()));
            PostgresUser.write(
                    member.directory().resolve(".s.PGSQL." + member.port() + ".lock"),
                    "%d\n%s\n1\n%d\n\n".formatted(somebody, member.data(), member.port()));
            member.startPrimary(LONG);
            assertThat(member.gate().confirm().get("server")).isEqualTo("running");
        }
    }

    @Test
    void aGateThatIsKilledTakesItsServerWithIt() {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            member.gate().killGate();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> ProcessTable.workingIn(member.data()).isEmpty());
        }
    }

    @Test
    void aGateThatIsKilledTakesAServerWithItWhoseDirectoryIsCovered() throws Exception {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            Path below = member.data().resolveSibling("below");
            Files.move(member.data(), below);
            Files.move(PostgresUser.newDirectory("pgmahout-cover"), member.data());
            assertThat(ProcessTable.workingIn(below)).isNotEmpty();
            member.gate().killGate();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> ProcessTable.workingIn(below).isEmpty());
        }
    }

    @Test
    void aServerThatOutlivedItsGateIsKilledBeforeTheNextOneListens() throws Exception {
        try (Member member = Member.create()) {
            member.startPrimary(LONG);
            Path run = member.directory().resolve("run");
            String incarnation = KeyValues.read(run.resolve("gate")).get("incarnation");
            // The guard is the gate's first helper: without it nobody ends the orphan.
            ProcessTable.signal("KILL", guardOf(member));
            member.gate().killGate();
            assertThat(ProcessTable.workingIn(member.data())).isNotEmpty();
            try (GateProcess next = Member.startGate(member.directory())) {
                assertThat(ProcessTable.workingIn(member.data())).isEmpty();
                assertThat(KeyValues.read(run.resolve("gate")).get("incarnation"))
                        .hasSize(32)
                        .isNotEqualTo(incarnation);
                assertThat(next.state().get("server")).isEqualTo("none");
            }
        }
    }
}
