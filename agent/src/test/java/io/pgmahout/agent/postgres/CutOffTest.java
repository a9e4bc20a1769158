package io.pgmahout.agent.postgres;

import static io.pgmahout.agent.postgres.Members.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a gate, a server and a data directory go through when something ends in the middle. */
@ExtendWith(AsPostgres.class)
class CutOffTest {

    @RegisterExtension
    private final Members members = new Members();

    @Test
    void aRewindWhoseSourceDiesBeforeTheFirstWriteLeavesTheDirectoryAsItWas() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        WalPosition position = Objects.requireNonNull(two.withdraw().position());
        one.sql("CREATE TABLE lost (x int)");
        two.permit();
        two.done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        two.sql("CREATE TABLE t AS SELECT generate_series(1, 200000)");
        List<Branch> history = List.of(FIRST.getFirst(), new Branch(new Term(2), new Timeline(2), position.lsn()));
        one.killPostmaster();
        one.gate(g -> g.exit() != null);

        // One connection asks for the checkpoint, one is the dry run's, one the rewind's.
        DataFacts crashed = rewindFails(one, two, history, 1, Long.MAX_VALUE);
        assertThat(crashed.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(crashed.data()).isEqualTo(new DataId("data-one"));
        assertThat(crashed.standbyFiles()).isFalse();
        assertThat(crashed.cleanEnd()).isGreaterThan(position.lsn());

        one.done(new ServerAction.StartStandby(null, FIRST));
        one.killPostmaster();
        one.gate(g -> g.process() == GateFacts.Processes.NONE && g.launch() > 1);
        DataFacts standby = rewindFails(one, two, history, 2, Long.MAX_VALUE);
        assertThat(standby.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(standby.data()).isEqualTo(new DataId("data-one"));
        assertThat(standby.standbyFiles()).isTrue();
        one.done(new ServerAction.StartStandby(null, FIRST));
        one.done(new ServerAction.Stop(true, 20_000));

        DataFacts torn = rewindFails(one, two, history, 3, 3_000_000);
        assertThat(torn.content()).isEqualTo(DataFacts.Content.TORN);
        assertThat(one.act(new ServerAction.StartStandby(null, FIRST)).outcome())
                .isEqualTo(Outcome.REFUSED);
    }

    private static DataFacts rewindFails(
            TestMember one, TestMember two, List<Branch> history, int connections, long bytesOfLast)
            throws IOException {
        try (FrailSource frail = new FrailSource(two, connections, bytesOfLast)) {
            Event.ActionEnded ended = one.act(new ServerAction.Rewind(frail.source(), new DataId("rewound"), history));
            assertThat(ended.outcome()).as(ended.detail()).isEqualTo(Outcome.FAILED);
            return Objects.requireNonNull(ended.data());
        }
    }

    @Test
    void aRecoveryThatWasCutOffGivesTheStandbyItsSignalBack() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        Path notes = two.root.resolve("state/data.json");
        Files.writeString(notes, Files.readString(notes).replace("COMPLETE", "RECOVERING"));
        Files.delete(two.data.resolve("standby.signal"));
        DataFacts healed = two.inspect();
        assertThat(healed.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(healed.standbyFiles()).isTrue();
    }

    @Test
    void aCopyThatAKilledAgentLeftRunningIsEndedBeforeTheNextOne() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.member("two");
        DataFacts empty = two.inspect();
        two.server.close();
        Path making = new DataPlaces(two.data, WalVolume.NONE).making();
        Path passFile = ConnInfo.writePassFile(two.settings, two.root.resolve("run/pgpass"));
        try (CommandPipe killed = new CommandPipe(two.root.resolve("run/command"), Uptime.centiseconds())) {
            killed.post(
                    "job",
                    "left",
                    "600000",
                    "pg_basebackup",
                    "-D",
                    making.toString(),
                    "-d",
                    ConnInfo.replication(two.settings, passFile, one.source()),
                    "--checkpoint=fast",
                    "--max-rate=32");
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(making.resolve("backup_label")));
        }
        int from = two.mark();
        try (LocalServer next = two.open()) {
            two.awaitFrom(from, Event.GateReported.class, e -> true, Duration.ofSeconds(10));
            next.act(9001, new ServerAction.Clone(one.source(), new DataId("next"), FIRST, empty));
            Event.ActionEnded clone =
                    two.awaitFrom(from, Event.ActionEnded.class, e -> e.id() == 9001, Duration.ofSeconds(30));
            assertThat(clone.detail()).isEmpty();
            assertThat(clone.outcome()).isEqualTo(Outcome.DONE);
        }
        // Not by what it found missing when its directory was cleared under it.
        assertThat(Files.readString(two.root.resolve("run/log"))).contains("job left (pg_basebackup) ended: signal:15");
    }

    /** A volume that is mounted late: what a clone was decided on is not there any more. */
    @Test
    void dataThatComesBackWhileACloneIsMadeIsNotReplaced() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        Path away = two.root.resolve("away");
        Files.move(two.data, away);
        ServerAction.Clone late = two.clone(one, "late", FIRST);
        assertThat(late.replaces().content()).isEqualTo(DataFacts.Content.MISSING);
        two.copying(new PostgresSettings.Copying(Duration.ofMinutes(1), 4 << 20));
        long begun = two.begin(late);
        Path making = new DataPlaces(two.data, WalVolume.NONE).making();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(making.resolve("backup_label")));
        Files.move(away, two.data);
        Event.ActionEnded ended = two.await(Event.ActionEnded.class, e -> e.id() == begun, Duration.ofSeconds(60));
        assertThat(ended.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(ended.detail()).contains("is not what it was");
        assertThat(Objects.requireNonNull(ended.data()).data()).isEqualTo(new DataId("data-two"));
        assertThat(making).doesNotExist();
        assertThat(two.act(late).outcome()).isEqualTo(Outcome.REFUSED);
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
    }

    /** A copy may take hours; the member is to go on with its data as soon as that is there. */
    @Test
    void aCloneEndsWhenTheDataThatItWouldReplaceComesBack() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        Path away = two.root.resolve("away");
        Files.move(two.data, away);
        ServerAction.Clone late = two.clone(one, "late", FIRST);
        two.copying(new PostgresSettings.Copying(Duration.ofMinutes(10), 32 << 10));
        long begun = two.begin(late);
        Path making = new DataPlaces(two.data, WalVolume.NONE).making();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(making.resolve("backup_label")));
        Files.move(away, two.data);
        Event.ActionEnded ended = two.await(Event.ActionEnded.class, e -> e.id() == begun, Duration.ofSeconds(20));
        assertThat(ended.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(ended.detail()).contains("is not what it was");
        assertThat(making).doesNotExist();
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
    }

    /** Its volume came late and is mounted over what was cloned in its place: renamed here, which a server notices as little. */
    @Test
    void aVolumeThatIsMountedOverACloneIsNotTakenForIt() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        Path volume = two.root.resolve("volume");
        Files.move(two.data, volume);
        two.done(two.clone(one, "below", FIRST));
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
        Path below = two.root.resolve("below");
        Files.move(two.data, below);
        Files.move(volume, two.data);

        DataFacts running = two.inspect();
        assertThat(running.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(running.data()).isEqualTo(new DataId("below"));
        assertThat(running.problem()).contains("the server works in below", "data-two");
        // The gate, too, has noticed, and one that comes while it kills the server fails.
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(two.withdraw().outcome()).isEqualTo(Outcome.DONE));

        two.done(new ServerAction.Kill());
        DataFacts stopped = two.inspect();
        assertThat(stopped.content()).isEqualTo(DataFacts.Content.FOREIGN);
        assertThat(stopped.problem()).contains("data-two", "below", "mounted over");
        assertThat(two.act(new ServerAction.FindEnd()).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(two.act(new ServerAction.StartStandby(one.source(), FIRST)).outcome())
                .isEqualTo(Outcome.REFUSED);

        Files.move(two.data, volume);
        Files.move(below, two.data);
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
    }

    /** Nobody receives into it, and what lies there may be somebody else's: this member can promise, and has nothing to tell. */
    @Test
    void whereNoStandbyLiesReceivingIsStoppedAlready() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        assertThat(two.withdraw().position()).isNotNull();

        DataNotes notes = new DataNotes(two.root.resolve("state"));
        notes.enter(DataNotes.Phase.REWINDING);
        assertWithdrawnUntouched(two);
        notes.enter(DataNotes.Phase.COMPLETE);

        Files.setPosixFilePermissions(two.data, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertWithdrawnUntouched(two);
        Files.setPosixFilePermissions(two.data, PosixFilePermissions.fromString("rwx------"));

        Path away = two.root.resolve("away");
        Files.move(two.data, away);
        Files.createDirectory(
                two.data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        assertWithdrawnUntouched(two);
        DurableFile.write(two.data.resolve("theirs"), "");
        assertWithdrawnUntouched(two);
        DurableFile.deleteTree(two.data);
        Files.move(away, two.data);
        assertThat(two.withdraw().position()).isNotNull();

        one.killPostmaster();
        one.gate(g -> g.exit() != null);
        assertWithdrawnUntouched(one);
    }

    private static void assertWithdrawnUntouched(TestMember member) throws Exception {
        DataPrint before = DataPrint.of(member.data);
        Event.Withdrawn withdrawn = member.withdraw();
        assertThat(withdrawn).isEqualTo(new Event.Withdrawn(withdrawn.id(), Outcome.DONE, null, null, null, null));
        assertThat(DataPrint.of(member.data)).isEqualTo(before);
    }

    @Test
    void onAMountPointWhatIsKeptIsNotRewoundAway() throws Exception {
        TestMember one = members.primary("one");
        Path mountPoint = Files.createDirectories(members.base().resolve("two/data"));
        Files.setPosixFilePermissions(mountPoint, PosixFilePermissions.fromString("rwx------"));
        TestMember two = members.standby(members.member(new TestMember(members.base(), "two", mountPoint, true)), one);
        two.done(new ServerAction.Stop(true, 20_000));
        two.done(two.clone(one, "second", FIRST));
        assertThat(mountPoint.resolve("pgmahout-aside/PG_VERSION")).exists();
        Event.ActionEnded rewound = two.act(new ServerAction.Rewind(one.source(), new DataId("rewound"), FIRST));
        assertThat(rewound.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(rewound.detail()).contains("pgmahout-aside");
        assertThat(Objects.requireNonNull(rewound.data()).data()).isEqualTo(new DataId("second"));
        // What a member keeps is not for those who clone it.
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
        TestMember three = members.member("three");
        three.done(three.clone(two, "data-three", FIRST));
        assertThat(three.data.resolve("pgmahout-aside")).doesNotExist();
        two.done(new ServerAction.Forget());
        assertThat(mountPoint.resolve("pgmahout-aside")).doesNotExist();
    }

    @Test
    void aServerThatIsBeingStartedIsWithdrawnAsOneThatRuns() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        two.holdGate();
        long start = two.begin(new ServerAction.StartStandby(one.source(), FIRST));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(CutOffTest::startIsWritten);
        long withdrawal = two.beginWithdrawal();
        two.letGateGo();
        Event.Withdrawn withdrawn = two.withdrawn(withdrawal);
        assertThat(withdrawn.server()).isNotNull();
        assertThat(withdrawn.outcome()).isEqualTo(Outcome.DONE);
        two.await(Event.ActionEnded.class, e -> e.id() == start, Duration.ofSeconds(20));
        assertThat(two.sql("SHOW primary_conninfo")).isEmpty();
    }

    /** The thread of actions waits for the gate to take what was sent. */
    private static boolean startIsWritten() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("server-actions"))
                .flatMap(thread -> Arrays.stream(thread.getValue()))
                .anyMatch(frame -> frame.getClassName().equals(GateClient.class.getName())
                        && frame.getMethodName().equals("await"));
    }

    @Test
    void aPermitThatTheGateRefusesIsNotReportedInForce() throws Exception {
        TestMember one = members.member("one");
        long good = one.permit();
        int from = one.mark();
        one.server.setPermit(Uptime.centiseconds() * 10 + 7_200_000, null, good + 1, true);
        Event.GateReported told = one.awaitFrom(from, Event.GateReported.class, e -> true, Duration.ofSeconds(10));
        assertThat(told.gate().seq()).isEqualTo(good);
        one.permit();
    }

    @Test
    void afterAPromotionThatFailedTheServerIsAskedAnew() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        int from = two.mark();
        long begun = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            assertThat(two.act(new ServerAction.Promote(new Timeline(7), new Term(2)))
                            .outcome())
                    .isEqualTo(Outcome.REFUSED);
        }
        long byTheClock = (System.nanoTime() - begun) / 250_000_000 + 2;
        assertThat(two.count(from, Event.Probed.class)).isGreaterThan(byTheClock);
    }
}
