package io.pgmahout.agent.postgres;

import static io.pgmahout.agent.postgres.Members.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WalRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A standby that received nothing for a while takes the rest from a primary whose server was killed. */
@ExtendWith(AsPostgres.class)
class WalTakingTest {

    private static final long LIMIT_MS = 10_000;
    private static final long SEGMENT = 16 << 20;

    @RegisterExtension
    private final Members members = new Members();

    private final List<WalRange> asked = new CopyOnWriteArrayList<>();
    private @Nullable TestMember primary;
    private @Nullable TestMember standby;
    private UnaryOperator<@Nullable WalPiece> line = UnaryOperator.identity();

    @BeforeEach
    void aPrimaryAndAStandbyThatLags() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        one.sql("CREATE TABLE t (x int)");
        one.sql("INSERT INTO t SELECT generate_series(1, 10)");
        two.sqlUntil("SELECT count(*) FROM t", "10");
        two.done(new ServerAction.Detach());
        two.server.walRequests((from, range) -> Thread.ofVirtual().start(() -> carry(one, two, range)));
        primary = one;
        standby = two;
    }

    private TestMember one() {
        return Objects.requireNonNull(primary);
    }

    private TestMember two() {
        return Objects.requireNonNull(standby);
    }

    private void carry(TestMember one, TestMember two, WalRange range) {
        asked.add(range);
        WalPiece piece = line.apply(read(one, two, range));
        if (piece != null) {
            two.server.walCame(one.name, piece);
        }
    }

    private static @Nullable WalPiece read(TestMember one, TestMember two, WalRange range) {
        try {
            return one.server.walPiece(two.name, range);
        } catch (IOException notThere) {
            return new WalPiece(range.timeline(), range.from(), new byte[0]);
        }
    }

    private WalPosition kill() throws IOException {
        one().killPostmaster();
        one().gate(g -> g.exit() != null);
        return Objects.requireNonNull(one().done(new ServerAction.FindEnd()).position());
    }

    private WalPosition held() {
        return new WalPosition(
                Term.FIRST,
                Timeline.FIRST,
                Objects.requireNonNull(
                        two().probed(facts -> facts.flushed() != null).flushed()));
    }

    private Event.ActionEnded secure(WalPosition end) {
        return one().act(securing(end, LIMIT_MS));
    }

    private ServerAction.SecureWal securing(WalPosition end, long limitMs) {
        return new ServerAction.SecureWal(two().name, held(), end, limitMs);
    }

    private ServerAction.TakeWal taking(WalPosition end, long limitMs) {
        return new ServerAction.TakeWal(one().name, held(), end, limitMs);
    }

    private void promoted(WalPosition end, String rows) {
        two().permit();
        two().done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        assertThat(two().probed(facts -> !facts.recovering()).branchStart()).isEqualTo(end.lsn());
        assertThat(two().sql("SELECT count(*) FROM t")).isEqualTo(rows);
    }

    /** It is as if nothing had been taken: the primary goes on in place, and the standby follows it. */
    private void followsAgain(String rows) {
        one().permit();
        one().done(new ServerAction.StartPrimary(null));
        one().sql("INSERT INTO t VALUES (0)");
        two().done(new ServerAction.Follow(one().source(), FIRST));
        if (two().stopped()) {
            two().done(new ServerAction.StartStandby(one().source(), FIRST));
        }
        two().probed(ServerFacts::streaming);
        two().sqlUntil("SELECT count(*) FROM t", rows);
    }

    @Test
    void whatIsMissingIsTakenAcrossSegments() throws Exception {
        one().sql("INSERT INTO t SELECT generate_series(1, 100)");
        one().sql("SELECT pg_logical_emit_message(false, 'longer than a segment', repeat('y', 20000000))");
        one().sql("INSERT INTO t SELECT generate_series(1, 1000)");
        one().sql("SELECT pg_switch_wal()");
        one().sql("INSERT INTO t VALUES (7)");
        WalPosition end = kill();
        assertThat(end.lsn().minus(held().lsn())).as("over two edges").isGreaterThan(SEGMENT);
        removeSegmentsToCome();
        byte[] before = segment(one(), end.lsn());
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        two().done(taking(end, LIMIT_MS));
        assertThat(held()).isEqualTo(end);
        assertThat(two().log()).as("until it was on disk").contains("recovery has paused");
        assertThat(two().data.resolve("pg_wal/xlogtemp.pgmahout")).doesNotExist();
        assertThat(segment(one(), end.lsn())).as("what the old primary has").isEqualTo(before);
        promoted(end, "1111");
    }

    /** Else its walreceiver would have made them. */
    private void removeSegmentsToCome() throws IOException {
        String now = file(held().lsn());
        try (var segments = Files.newDirectoryStream(two().data.resolve("pg_wal"), "0*")) {
            for (Path file : segments) {
                if (file.getFileName().toString().compareTo(now) > 0) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String file(Lsn at) {
        return "00000001%08X%08X".formatted(at.value() >>> 32, (at.value() & 0xFFFFFFFFL) / SEGMENT);
    }

    private static byte[] segment(TestMember of, Lsn at) throws IOException {
        return Files.readAllBytes(of.data.resolve("pg_wal").resolve(file(at)));
    }

    @Test
    void aStandbyThatHasItAllAsksForNothing() throws Exception {
        WalPosition end = kill();
        assertThat(held()).isEqualTo(end);
        two().done(taking(end, LIMIT_MS));
        assertThat(asked).isEmpty();
    }

    @Test
    void aTornRecordIsNotPartOfIt() throws Exception {
        one().sql("INSERT INTO t VALUES (1)");
        WalPosition whole = kill();
        try (FileChannel file =
                FileChannel.open(one().data.resolve("pg_wal").resolve(file(whole.lsn())), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(9), (whole.lsn().value() - 9) % SEGMENT);
        }
        WalPosition end =
                Objects.requireNonNull(one().done(new ServerAction.FindEnd()).position());
        assertThat(end.lsn()).isLessThan(whole.lsn());
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        two().done(taking(end, LIMIT_MS));
        promoted(end, "10");
    }

    /** Its walreceiver hangs, as over a slow line: what still comes from it is the same. */
    @Test
    void aWalreceiverThatIsNotGoneYetDoesNoHarm() throws Exception {
        two().done(new ServerAction.Follow(one().source(), FIRST));
        two().probed(ServerFacts::streaming);
        String receiver = Objects.requireNonNull(two().sql("SELECT pid FROM pg_stat_wal_receiver"));
        signal("STOP", receiver);
        WalPosition end;
        try {
            one().sql("INSERT INTO t SELECT generate_series(1, 100000)");
            end = kill();
            assertThat(held().lsn()).isLessThan(end.lsn());
            assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        } finally {
            signal("CONT", receiver);
        }
        two().done(taking(end, LIMIT_MS));
        promoted(end, "100010");
    }

    private static void signal(String name, String pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    @Test
    void damagedWalIsFoundByRecovery() throws Exception {
        one().sql("INSERT INTO t SELECT generate_series(1, 10000)");
        WalPosition end = kill();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        line = piece -> {
            byte[] content = Objects.requireNonNull(piece).content();
            content[content.length / 2] ^= 1;
            return piece;
        };
        Event.ActionEnded ended = two().act(taking(end, 1_500));
        assertThat(ended.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ended.detail()).startsWith("recovery got to ").contains("not to " + end.lsn());
        assertThat(two().stopped())
                .as("stopped, so that what is behind the damage could be removed")
                .isTrue();
        assertNothingLiesBehind(end);
        two().done(new ServerAction.StartStandby(null, List.of()));
        assertThat(held().lsn()).isLessThan(end.lsn());
        followsAgain("10011");
    }

    @Test
    void whatIsCutOffInTheMiddleLeavesNothingToReplay() throws Exception {
        one().sql("INSERT INTO t SELECT generate_series(1, 10000)");
        WalPosition end = kill();
        WalPosition before = held();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        Lsn last = asLastPiece(before.lsn(), end.lsn());
        line = piece -> piece != null && piece.from().equals(last) ? null : piece;
        Event.ActionEnded ended = two().act(taking(end, 1_000));
        assertThat(ended.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ended.detail()).isEqualTo("the WAL did not come in time");
        two().done(new ServerAction.Restart());
        assertThat(held()).isEqualTo(before);
        followsAgain("10011");
    }

    private Lsn asLastPiece(Lsn from, Lsn end) throws IOException {
        try (WalFiles files = new WalFiles(one().data, Timeline.FIRST)) {
            List<WalRange> pieces = files.pieces(from, end);
            assertThat(pieces).hasSizeGreaterThan(2);
            return pieces.getLast().from();
        }
    }

    /** Bytes before the end of the last page that was taken: none of them is left. */
    private void assertNothingLiesBehind(WalPosition end) throws IOException {
        byte[] segment = segment(two(), end.lsn());
        int at = (int) (end.lsn().value() % SEGMENT);
        assertThat(Arrays.copyOfRange(segment, Math.max(0, at - 64), at)).containsOnly(0);
    }

    /** {@code three} has more than the standby, and less than the primary that was killed. */
    private TestMember aThirdThatHasABeginning() throws Exception {
        TestMember three = members.standby("three", one());
        // What the standby lacks is to be where the clone has it too.
        Effect.KeepSlots.Slot kept = new Effect.KeepSlots.Slot(null);
        one().keepSlots(Map.of(two().name, kept, three.name, kept));
        two().done(new ServerAction.Follow(one().source(), FIRST));
        one().sql("CREATE TABLE since (x int)");
        two().sqlUntil("SELECT count(*) FROM pg_class WHERE relname = 'since'", "1");
        two().done(new ServerAction.Detach());
        one().sql("INSERT INTO t SELECT generate_series(1, 10000)");
        three.sqlUntil("SELECT count(*) FROM t", "10010");
        three.done(new ServerAction.Detach());
        one().sql("INSERT INTO t SELECT -1 FROM generate_series(1, 10000)");
        return three;
    }

    private void followsAcrossTheFork(TestMember three) throws Exception {
        three.permit();
        three.done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        Lsn fork = Objects.requireNonNull(
                three.probed(facts -> !facts.recovering()).branchStart());
        three.keepSlotFor(two());
        three.sql("INSERT INTO t VALUES (0)");
        List<Branch> branches = List.of(FIRST.getFirst(), new Branch(new Term(2), new Timeline(2), fork));
        two().done(new ServerAction.Follow(three.source(), branches));
        if (two().stopped()) {
            two().done(new ServerAction.StartStandby(three.source(), branches));
        }
        two().probed(facts -> facts.streaming() && facts.timeline().id() == 2);
        two().sqlUntil("SELECT count(*) FROM t", "10011");
        assertThat(two().sql("SELECT count(*) FROM t WHERE x = -1"))
                .as("rows of the former primary alone")
                .isEqualTo("0");
        two().done(new ServerAction.Detach());
        two().permit();
        two().done(new ServerAction.Promote(new Timeline(3), new Term(3)));
        assertThat(two().sql("SELECT count(*) FROM t")).isEqualTo("10011");
    }

    @Test
    void whatIsCutOffWhileItComesIsNotReplayedPastAFork() throws Exception {
        TestMember three = aThirdThatHasABeginning();
        WalPosition end = kill();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        Lsn last = asLastPiece(held().lsn(), end.lsn());
        line = piece -> piece != null && piece.from().equals(last) ? null : piece;
        assertThat(two().act(taking(end, 1_000)).detail()).isEqualTo("the WAL did not come in time");
        followsAcrossTheFork(three);
    }

    @Test
    void whatAKilledAgentHadCopiedIsNotReplayedPastAFork() throws Exception {
        TestMember three = aThirdThatHasABeginning();
        WalPosition end = kill();
        WalPosition before = held();
        copyAllButTheFirst(before.lsn(), end.lsn());
        two().restartAgent();
        assertThat(two().probed(facts -> true).flushed())
                .as("as long as it lies there")
                .isNull();
        assertThat(two().withdraw().position()).isNull();
        two().inspect();
        assertThat(two().stopped()).isTrue();
        assertNothingLiesBehind(end);
        assertThat(two().withdraw().position()).isEqualTo(before);
        followsAcrossTheFork(three);
    }

    @Test
    void whatAKilledAgentHadCopiedIsRemovedBeforeTheStandbyIsPointedAtAnybody() throws Exception {
        TestMember three = aThirdThatHasABeginning();
        WalPosition end = kill();
        copyAllButTheFirst(held().lsn(), end.lsn());
        two().restartAgent();
        followsAcrossTheFork(three);
    }

    /** As the agent does it. */
    private void copyAllButTheFirst(Lsn from, Lsn end) throws IOException {
        DataId data = Objects.requireNonNull(two().inspect().data());
        new TakenWal(two().root.resolve("state")).begin(new TakenWal.Range(data, Timeline.FIRST, from, end));
        try (WalFiles source = new WalFiles(one().data, Timeline.FIRST);
                WalFiles files = new WalFiles(two().data, Timeline.FIRST)) {
            List<WalRange> pieces = files.pieces(from, end);
            for (WalRange piece : pieces.subList(1, pieces.size())) {
                files.write(new WalPiece(piece.timeline(), piece.from(), source.read(piece)));
            }
            files.force();
        }
    }

    /** A directory where a segment is to be made: the copy fails when it gets there. */
    @Test
    void aCopyThatFailsIsRemoved() throws Exception {
        TestMember three = aThirdThatHasABeginning();
        one().sql("SELECT pg_logical_emit_message(false, 'longer than a segment', repeat('y', 20000000))");
        one().sql("INSERT INTO t VALUES (-1)");
        WalPosition end = kill();
        WalPosition before = held();
        assertThat(file(end.lsn())).isNotEqualTo(file(before.lsn()));
        Path obstacle = two().data.resolve("pg_wal").resolve(file(end.lsn()));
        putDirectoryInPlaceOf(obstacle);
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        assertThat(two().act(taking(end, LIMIT_MS)).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(two().root.resolve("state/taking.json"))
                .as("what cannot be removed is not forgotten")
                .exists();
        assertThat(two().withdraw().position()).isNull();
        Files.delete(obstacle);
        two().inspect();
        assertThat(two().root.resolve("state/taking.json")).doesNotExist();
        assertThat(two().withdraw().position()).isEqualTo(before);
        followsAcrossTheFork(three);
    }

    /** The standby's checkpointer may just be making the segment. */
    private static void putDirectoryInPlaceOf(Path segment) {
        Awaitility.await().ignoreException(FileAlreadyExistsException.class).until(() -> {
            Files.deleteIfExists(segment);
            return Files.isDirectory(Files.createDirectory(segment));
        });
    }

    /** A disk that does not answer, as far as a test can have one: what is opened there waits. */
    @Test
    void securingEnds() throws Exception {
        one().sql("INSERT INTO t VALUES (1)");
        WalPosition end = kill();
        Path segment = one().data.resolve("pg_wal").resolve(file(end.lsn()));
        Path away = one().root.resolve("segment.away");
        Files.move(segment, away);
        assertThat(new ProcessBuilder("mkfifo", segment.toString()).start().waitFor())
                .isZero();
        assertThat(one().act(securing(end, 300)).detail()).isEqualTo("the WAL did not get to disk within 300 ms");
        assertThat(one().act(securing(end, 300)).detail()).contains("has not answered since");
        try (FileChannel answer = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            assertThat(answer.isOpen()).isTrue();
        }
        Files.delete(segment);
        Files.move(away, segment);
        Awaitility.await().until(() -> one().act(securing(end, LIMIT_MS)).outcome() == Outcome.DONE);
        two().done(taking(end, LIMIT_MS));
    }

    @Test
    void whoPromisedTakesNothing() throws Exception {
        one().sql("INSERT INTO t SELECT generate_series(1, 10000)");
        WalPosition end = kill();
        WalPosition before = held();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        CountDownLatch promised = new CountDownLatch(1);
        line = piece -> {
            try {
                assertThat(promised.await(5, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return piece;
        };
        int from = two().mark();
        long id = two().begin(taking(end, LIMIT_MS));
        two().awaitFrom(from, Event.Probed.class, e -> !asked.isEmpty(), Duration.ofSeconds(10));
        Event.Withdrawn withdrawn = two().withdraw();
        promised.countDown();
        Event.ActionEnded ended =
                two().awaitFrom(from, Event.ActionEnded.class, e -> e.id() == id, Duration.ofSeconds(20));
        assertThat(ended.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(ended.detail()).isEqualTo("receiving was stopped meanwhile");
        assertThat(withdrawn.position()).isEqualTo(before);
        assertThat(held()).isEqualTo(before);
    }

    /** Replay waits for a reader of the table that is emptied. */
    private long takingThatCannotReplayYet(WalPosition end) throws Exception {
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        long id = two().begin(taking(end, LIMIT_MS));
        Path note = two().root.resolve("state/taking.json");
        Awaitility.await().until(() -> Files.exists(note) && replayWaitsForAReader());
        return id;
    }

    private boolean replayWaitsForAReader() {
        return "1"
                .equals(two().sql("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                        + " WHERE a.backend_type = 'startup' AND NOT l.granted"));
    }

    private Event.ActionEnded ended(long id) {
        return two().await(Event.ActionEnded.class, e -> e.id() == id, Duration.ofSeconds(30));
    }

    @Test
    void aPromiseWaitsForReplayAndTellsAll() throws Exception {
        one().sql("TRUNCATE t");
        WalPosition end = kill();
        long taking;
        long promise;
        try (Connection reader = ServerLink.own(two().settings, "postgres", "test", 30);
                Statement statement = reader.createStatement()) {
            statement.execute("BEGIN; LOCK t IN ACCESS SHARE MODE");
            taking = takingThatCannotReplayYet(end);
            promise = two().beginWithdrawal();
            assertThatThrownBy(() -> two().await(Event.Withdrawn.class, e -> e.id() == promise, Duration.ofMillis(500)))
                    .as("a promise in the middle")
                    .isInstanceOf(AssertionError.class);
        }
        assertThat(two().withdrawn(promise).position()).isEqualTo(end);
        assertThat(ended(taking).outcome()).isEqualTo(Outcome.DONE);
        assertThat(held()).isEqualTo(end);
    }

    @Test
    void aPromiseDoesNotWaitForEverAndThenTellsNothing() throws Exception {
        one().sql("TRUNCATE t");
        WalPosition end = kill();
        try (Connection reader = ServerLink.own(two().settings, "postgres", "test", 30);
                Statement statement = reader.createStatement()) {
            statement.execute("BEGIN; LOCK t IN ACCESS SHARE MODE");
            long taking = takingThatCannotReplayYet(end);
            Event.Withdrawn withdrawn = two().withdraw();
            assertThat(withdrawn.outcome()).isEqualTo(Outcome.DONE);
            assertThat(withdrawn.position()).isNull();
            assertThat(two().probed(facts -> true).flushed()).isNull();
            statement.execute("ROLLBACK");
            assertThat(ended(taking).outcome()).isEqualTo(Outcome.DONE);
        }
        assertThat(held()).isEqualTo(end);
    }

    @Test
    void replayThatAnOperatorPausedIsLeftAlone() throws Exception {
        one().sql("INSERT INTO t VALUES (1)");
        WalPosition end = kill();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        two().sql("SELECT pg_wal_replay_pause()");
        two().sqlUntil("SELECT pg_get_wal_replay_pause_state()", "paused");
        assertThat(two().act(taking(end, LIMIT_MS)).detail()).isEqualTo("replay is paused");
        assertThat(asked).isEmpty();
        assertThat(two().sql("SELECT pg_get_wal_replay_pause_state()")).isEqualTo("paused");
        two().sql("SELECT pg_wal_replay_resume()");
        two().done(taking(end, LIMIT_MS));
    }

    /** As on a full disk. */
    @Test
    void aNoteThatCannotBeWrittenLeavesNothingBehind() throws Exception {
        one().sql("INSERT INTO t VALUES (1)");
        WalPosition end = kill();
        WalPosition before = held();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        Path obstacle = Files.createDirectories(two().root.resolve("state/.taking.json.new/full"));
        assertThat(two().act(taking(end, LIMIT_MS)).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(two().stopped()).as("stopped for nothing").isFalse();
        assertThat(two().withdraw().position()).isEqualTo(before);
        Files.delete(obstacle);
        two().done(taking(end, LIMIT_MS));
        assertThat(held()).isEqualTo(end);
    }

    @Test
    void onlyWhatWasSecuredIsGivenAndOnlyToWhomItIsMeantFor() throws Exception {
        one().sql("INSERT INTO t VALUES (1)");
        WalPosition end = kill();
        WalPosition elsewhere = new WalPosition(new Term(2), new Timeline(2), end.lsn());
        assertThat(two().act(taking(elsewhere, LIMIT_MS)).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(asked).isEmpty();
        Lsn from = held().lsn();
        WalRange piece = new WalRange(Timeline.FIRST, from, (int) end.lsn().minus(from));
        assertThat(one().server.walPiece(two().name, piece))
                .as("before it is secured")
                .isNull();
        whatCannotBeReadIsNotGiven(end);
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        assertThat(one().server.walPiece(two().name, piece)).isNotNull();
        assertThat(one().server.walPiece(new MemberName("three"), piece)).isNull();
        for (WalRange other : List.of(
                new WalRange(new Timeline(2), from, 8),
                new WalRange(Timeline.FIRST, end.lsn(), 8),
                new WalRange(Timeline.FIRST, new Lsn(Long.MAX_VALUE - 3), 8),
                new WalRange(Timeline.FIRST, new Lsn(-8), 8),
                new WalRange(Timeline.FIRST, new Lsn(from.value() - 8), 8))) {
            assertThat(one().server.walPiece(two().name, other)).as("%s", other).isNull();
        }
        one().permit();
        one().done(new ServerAction.StartPrimary(null));
        assertThat(one().server.walPiece(two().name, piece))
                .as("once a server runs")
                .isNull();
        assertThat(secure(end).outcome()).isEqualTo(Outcome.REFUSED);
    }

    private void whatCannotBeReadIsNotGiven(WalPosition end) throws IOException {
        Path wal = one().data.resolve("pg_wal");
        Path last = wal.resolve(file(end.lsn()));
        Files.setPosixFilePermissions(last, PosixFilePermissions.fromString("---------"));
        assertThat(secure(end).outcome()).isEqualTo(Outcome.FAILED);
        Files.setPosixFilePermissions(last, PosixFilePermissions.fromString("rw-------"));
        assertThat(secure(end).outcome()).isEqualTo(Outcome.DONE);
        Path away = one().root.resolve("pg_wal.away");
        Files.move(wal, away);
        assertThat(two().act(taking(end, LIMIT_MS)).detail()).contains("one has not got its WAL");
        assertThat(secure(end).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(one().act(new ServerAction.FindEnd()).outcome()).isEqualTo(Outcome.REFUSED);
        Files.move(away, wal);
        assertThat(one().act(new ServerAction.FindEnd()).position()).isEqualTo(end);
    }
}
