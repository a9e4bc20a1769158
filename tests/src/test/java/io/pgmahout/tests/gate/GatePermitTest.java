package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The write permit: nothing writable without it, frozen at its end, thawed by a new one, killed after the hold. */
final class GatePermitTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void aPrimaryIsStartedOnlyWithAPermit() {
        try (Member member = Member.create()) {
            GateProcess gate = member.gate();
            long start = gate.send("start", "primary");
            assertThat(gate.confirm().get("refused")).isEqualTo(start + " no-permit");
            gate.send("permit", Long.toString(Uptime.now() - 1));
            start = gate.send("start", "primary");
            assertThat(gate.confirm().get("refused")).isEqualTo(start + " no-permit");
            assertThat(ProcessTable.workingIn(member.data())).isEmpty();

            member.startPrimary(LONG);
            KeyValues state = gate.confirm();
            assertThat(state.get("server")).isEqualTo("running");
            assertThat(state.get("mode")).isEqualTo("primary");
            assertThat(state.get("writable")).isEqualTo("1");
            assertThat(state.get("launch")).isEqualTo("1");
            long postmaster = state.number("postmaster");
            assertThat(ProcessTable.workingIn(member.data())).contains(postmaster);
            assertThat(ProcessTable.openFiles(postmaster))
                    .isNotEmpty()
                    .noneMatch(file -> file.endsWith("/run/command")
                            || file.equals(member.data().toString()));
        }
    }

    @Test
    void freezesAtTheDeadlineUnderLoadAndThawsWithoutAnError() throws Exception {
        try (Member member = Member.create("--fence-hold", "20000")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            try (Writer writer = new Writer(member, 4)) {
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> writer.count() > 200);
                long sent = System.nanoTime();
                gate.permit(Duration.ofMillis(700));
                KeyValues frozen = gate.awaitServer("frozen");
                int before = writer.count();
                long late = (writer.acknowledgedAt().getLast() - sent) / 1_000_000 - 700;
                System.out.printf(
                        "freeze: gate says %d ms after the deadline, last acknowledgement %d ms after it%n",
                        (frozen.number("frozen") - frozen.number("permit")) * 10, late);
                assertThat(late).isBetween(-200L, 130L);
                assertThat(frozen.number("frozen") - frozen.number("permit")).isBetween(0L, 10L);
                assertThat(ProcessTable.workingIn(member.data()))
                        .isNotEmpty()
                        .allSatisfy(pid -> assertThat(ProcessTable.state(pid)).hasValue("T"));
                Awaitility.await()
                        .during(Duration.ofMillis(500))
                        .atMost(Duration.ofSeconds(2))
                        .until(() -> writer.count() == before);

                gate.permit(LONG);
                assertThat(gate.awaitServer("running").get("fenced")).isEqualTo("1");
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> writer.count() > before + 200);
                assertThat(writer.errors()).isEmpty();
            }
            assertThat(gate.state().get("killed")).isEqualTo("0");
            assertThat(gate.state().get("launch")).isEqualTo("1");
        }
    }

    @Test
    void stopsAgainWhatSomebodyElseContinues() throws Exception {
        try (Member member = Member.create("--fence-hold", "20000")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            try (Writer writer = new Writer(member, 4)) {
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> writer.count() > 200);
                gate.send("permit", "0");
                gate.awaitServer("frozen");
                for (int i = 0; i < 5; i++) {
                    List<Long> pids = ProcessTable.workingIn(member.data());
                    pids.forEach(pid -> ProcessTable.signal("CONT", pid));
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(2))
                            .until(() -> pids.stream()
                                    .allMatch(pid ->
                                            ProcessTable.state(pid).orElse("T").equals("T")));
                }
                int stopped = writer.count();
                Awaitility.await()
                        .during(Duration.ofMillis(500))
                        .atMost(Duration.ofSeconds(2))
                        .until(() -> writer.count() == stopped);
                gate.permit(LONG);
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> writer.count() > stopped + 200);
                assertThat(writer.errors()).isEmpty();
            }
            assertThat(gate.state().get("killed")).isEqualTo("0");
        }
    }

    @Test
    void killsEverythingWhenTheHoldIsOver() throws Exception {
        try (Member member = Member.create("--fence-hold", "500")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            try (Connection connection = member.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
                gate.send("permit", "0");
                KeyValues frozen = gate.awaitServer("frozen");
                KeyValues ended = gate.awaitServer("none");
                assertThat(ProcessTable.workingIn(member.data())).isEmpty();
                assertThat(ended.get("exit")).isEqualTo("signal:9");
                assertThat(ended.get("killed")).isEqualTo("1");
                assertThat(ended.number("uptime") - frozen.number("frozen")).isBetween(50L, 150L);
                assertThat(connection.isValid(1)).isFalse();
            }
        }
    }

    @Test
    void freezesAHundredBackendsInTime() throws Exception {
        try (Member member = Member.create("--fence-hold", "20000")) {
            GateProcess gate = member.gate();
            member.startPrimary(LONG);
            List<Connection> connections = new ArrayList<>();
            try (Writer writer = new Writer(member, 4)) {
                for (int i = 0; i < 100; i++) {
                    connections.add(member.connect());
                }
                long sent = System.nanoTime();
                gate.send("permit", "0");
                gate.awaitServer("frozen");
                long took = (System.nanoTime() - sent) / 1_000;
                long last = (writer.acknowledgedAt().getLast() - sent) / 1_000;
                List<Long> processes = ProcessTable.workingIn(member.data());
                System.out.printf(
                        "freeze of %d processes: last acknowledgement %d us after the command, reported after %d us%n",
                        processes.size(), last, took);
                assertThat(processes).hasSizeGreaterThan(105);
                assertThat(processes)
                        .allSatisfy(pid -> assertThat(ProcessTable.state(pid)).hasValue("T"));
                assertThat(last).isLessThan(100_000);
                gate.permit(LONG);
                gate.awaitServer("running");
                for (Connection connection : connections) {
                    assertThat(connection.isValid(10)).isTrue();
                }
            } finally {
                for (Connection connection : connections) {
                    connection.close();
                }
            }
        }
    }

    @Test
    void aPromotionByHandIsFrozenWithinOneCheck() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                standby.gate().send("permit", "0");
                assertThat(standby.gate().confirm().get("writable")).isEqualTo("0");
                standby.query("SELECT pg_promote(false)");
                KeyValues frozen = standby.gate().awaitServer("frozen");
                assertThat(frozen.get("writable")).isEqualTo("1");
                assertThat(standby.gate().awaitServer("none").get("exit")).isEqualTo("signal:9");
            }
        }
    }

    @Test
    void aPromotionToThePermittedTimelineGoesOn() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                standby.gate().send("permit", Long.toString(Uptime.in(LONG)), "00000002");
                standby.query("SELECT pg_promote(true, 20)");
                standby.query("CREATE TABLE t (n int)");
                KeyValues state =
                        standby.gate().await("writable", s -> s.get("writable").equals("1"));
                assertThat(state.get("server")).isEqualTo("running");
                assertThat(standby.gate().confirm().get("fenced")).isEqualTo("0");
                assertThat(standby.query("INSERT INTO t VALUES (1) RETURNING n"))
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void aPromotionToAnotherTimelineIsFrozenUntilAPermitThatAllowsIt() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                GateProcess gate = standby.gate();
                gate.send("permit", Long.toString(Uptime.in(LONG)), "00000003");
                gate.confirm();
                standby.query("SELECT pg_promote(false)");
                gate.awaitServer("frozen");
                gate.send("permit", Long.toString(Uptime.in(LONG)), "00000002");
                gate.awaitServer("running");
                standby.awaitConnections();
                assertThat(gate.confirm().get("fenced")).isEqualTo("1");
            }
        }
    }

    @Test
    void aHistoryFileThatWasThereBeforeIsNotThePromotions() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                PostgresUser.write(
                        standby.data().resolve("pg_wal/00000002.history"), "1\t0/3000000\tsomebody else's\n");
                standby.gate().send("permit", Long.toString(Uptime.in(LONG)), "00000002");
                standby.gate().confirm();
                standby.query("SELECT pg_promote(false)");
                standby.gate().awaitServer("frozen");
                standby.gate().awaitLog("froze");
            }
        }
    }

    @Test
    void thePromotionThatWasUnderWayWhenItsPermitCameIsNotTakenForAnother() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                GateProcess gate = standby.gate();
                gate.permit(LONG);
                assertThat(gate.confirm().get("writable")).isEqualTo("0");
                ProcessTable.signal("STOP", gate.pid());
                standby.query("SELECT pg_promote(true, 20)");
                gate.send("permit", Long.toString(Uptime.in(LONG)), "00000002");
                ProcessTable.signal("CONT", gate.pid());
                gate.await("writable", s -> s.get("writable").equals("1"));
                KeyValues state = gate.confirm();
                assertThat(state.get("server")).isEqualTo("running");
                assertThat(state.get("fenced")).isEqualTo("0");
            }
        }
    }

    /**
     * Moved away and another put in its place is what a volume that is mounted over it looks like. A server writes its
     * control file by the path: it would go into the one of whatever lies there.
     */
    @Test
    void aStandbyWhoseDirectoryIsCoveredIsJudgedByItsOwnAndKilledBeforeItWritesIntoTheOther() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                GateProcess gate = standby.gate();
                Path below = standby.data().resolveSibling("below");
                Files.move(standby.data(), below);
                Files.move(PostgresUser.newDirectory("pgmahout-cover"), standby.data());
                Awaitility.await()
                        .during(Duration.ofMillis(500))
                        .atMost(Duration.ofSeconds(2))
                        .until(() -> gate.state().get("writable").equals("0"));
                assertThat(gate.confirm().get("server")).isEqualTo("running");

                Path cover = PostgresUser.newDirectory("pgmahout-cover");
                PostgresUser.run("mkdir", cover.resolve("global").toString());
                PostgresUser.write(cover.resolve("global/pg_control"), "another's");
                Files.delete(standby.data());
                Files.move(cover, standby.data());
                assertThat(gate.awaitServer("none").get("exit")).isEqualTo("signal:9");
                gate.awaitLog("something was put over the directory that it works in");
                assertThat(ProcessTable.workingIn(below)).isEmpty();
                assertThat(standby.file("data/global/pg_control")).isEqualTo("another's");
            }
        }
    }

    /** {@code level} directories above the data directory; its name is one that the table of mounts writes otherwise. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aPrimaryBelowAVolumeThatWasMountedOverItIsKilledBeforeItWritesIntoThat(int level) throws Exception {
        if (!PostgresUser.isRoot()) {
            return;
        }
        Path directory = PostgresUser.newDirectory("pgmahout-cover");
        Path parent = Path.of("a \\ b");
        Path place = parent.resolve("data");
        Path below = directory.resolve("below");
        Path cover = directory.resolve("cover");
        Path data = below.resolve(place);
        PostgresUser.run("mkdir", "-p", below.resolve(parent).toString());
        PostgresUser.run("mkdir", "-p", cover.resolve(place).resolve("global").toString());
        PostgresUser.write(cover.resolve(place).resolve("global/pg_control"), "another's");
        PostgresPrograms.newData(data);
        PostgresUser.write(
                data.resolve("postgresql.auto.conf"),
                "port = " + Ports.free() + "\n" + "listen_addresses = ''\nunix_socket_directories = '" + directory
                        + "'\n");
        Path run = directory.resolve("run");
        Path over = List.of(data, below.resolve(parent), below).get(level);
        List<Path> mounted = new ArrayList<>();
        try (GateProcess gate = GateProcess.start(run, data)) {
            gate.send("hello");
            gate.permit(LONG);
            gate.send("start", "primary");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Files.exists(directory.resolve("run/postgres.log"))
                            && Files.readString(run.resolve("postgres.log")).contains("ready to accept"));
            // The same directory once more hides nothing.
            bind(over, over, mounted);
            Awaitility.await()
                    .during(Duration.ofMillis(1_500))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> gate.state().get("server").equals("running"));

            bind(cover.resolve(below.relativize(over)), over, mounted);
            assertThat(gate.awaitServer("none").get("exit")).isEqualTo("signal:9");
            gate.awaitLog("something was put over the directory that it works in");
            assertThat(Files.readString(data.resolve("global/pg_control"))).isEqualTo("another's");
        } finally {
            for (Path point : mounted) {
                PostgresUser.runAs(List.of("umount", "--lazy", point.toString()));
            }
            PostgresUser.deleteTree(directory);
        }
    }

    /** {@code level} directories above the WAL's own, which a link in the data directory leads to. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aPrimaryWhoseWalIsCoveredByAVolumeIsKilledBeforeItWritesIntoThat(int level) throws Exception {
        if (!PostgresUser.isRoot()) {
            return;
        }
        List<Path> mounted = new ArrayList<>();
        try (Member member = Member.create()) {
            Path volume = moveWal(member);
            Path over = level == 0 ? volume.resolve("pg_wal") : volume;
            member.startPrimary(LONG);
            bind(over, over, mounted);
            Awaitility.await()
                    .during(Duration.ofMillis(1_500))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> member.gate().state().get("server").equals("running"));
            Path cover = member.directory().resolve("cover");
            PostgresUser.run("mkdir", "-p", cover.resolve("pg_wal").toString());
            bind(level == 0 ? cover.resolve("pg_wal") : cover, over, mounted);
            assertThat(member.gate().awaitServer("none").get("exit")).isEqualTo("signal:9");
            member.gate().awaitLog("something was put over the directory of its WAL");
            assertThat(cover.resolve("pg_wal")).isEmptyDirectory();
            for (Path point : mounted) {
                PostgresUser.runAs(List.of("umount", "--lazy", point.toString()));
            }
            mounted.clear();
            member.startPrimary(LONG);
            assertThat(member.query("SELECT 1")).isEqualTo("1");
        } finally {
            for (Path point : mounted) {
                PostgresUser.runAs(List.of("umount", "--lazy", point.toString()));
            }
        }
    }

    /** To beside the data directory; its name is one that the table of mounts writes otherwise. */
    private static Path moveWal(Member member) {
        Path volume = member.directory().resolve("a wal\\volume");
        PostgresUser.run("mkdir", volume.toString());
        PostgresUser.run("mv", member.data() + "/pg_wal", volume + "/pg_wal");
        PostgresUser.run("ln", "-s", volume + "/pg_wal", member.data() + "/pg_wal");
        return volume;
    }

    @Test
    void aStandbyWhoseWalIsTakenAwayIsKilled() throws Exception {
        try (Member primary = Member.create()) {
            primary.startPrimary(LONG);
            try (Member standby = Member.standbyOf(primary)) {
                GateProcess gate = standby.gate();
                gate.send("stop", "fast", "5000");
                gate.awaitServer("none");
                Path volume = moveWal(standby);
                gate.send("start", "standby");
                standby.awaitConnections();
                Files.move(volume, volume.resolveSibling("away"));
                assertThat(gate.awaitServer("none").get("exit")).isEqualTo("signal:9");
                gate.awaitLog("something was put over the directory of its WAL, or that was taken away");
            }
        }
    }

    private static void bind(Path what, Path over, List<Path> mounted) {
        PostgresUser.runAs(List.of("mount", "--bind", what.toString(), over.toString()));
        mounted.add(over);
    }

    @Test
    void aPermitTooFarAheadIsAMistake() {
        try (Member member = Member.create()) {
            long permit = member.gate().send("permit", Long.toString(Uptime.in(Duration.ofHours(2))));
            KeyValues state = member.gate().confirm();
            assertThat(state.get("refused")).isEqualTo(permit + " too-far-ahead");
            assertThat(state.get("permit")).isEqualTo("0");
        }
    }
}
