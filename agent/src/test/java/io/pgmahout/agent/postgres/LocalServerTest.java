package io.pgmahout.agent.postgres;

import static io.pgmahout.agent.postgres.Members.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@ExtendWith(AsPostgres.class)
class LocalServerTest {

    private static final Logger LOG = LoggerFactory.getLogger(LocalServerTest.class);
    private static final List<String> SECRETS = List.of("se'cret", "se''cret", "ic:at", "owner-secret");

    @RegisterExtension
    private final Members members = new Members();

    @Test
    void theWholeLifeOfTwoMembers() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<String> leaks = new CopyOnWriteArrayList<>();
        Thread spy = Thread.ofPlatform().daemon().start(() -> CommandLines.watch(SECRETS, over, leaks));
        TestMember one = members.primary("one");
        ServerFacts facts = one.probed(f -> true);
        assertThat(facts.recovering()).isFalse();
        assertThat(facts.timeline()).isEqualTo(Timeline.FIRST);
        assertThat(facts.branchStart()).isEqualTo(Lsn.ZERO);
        assertThat(one.sql("app", "SELECT count(*) FROM owned")).isEqualTo("1");
        one.done(new ServerAction.Furnish());
        assertThat(one.sql("app", "SELECT count(*) FROM owned")).isEqualTo("1");
        assertThat(one.sql("SHOW data_checksums")).isEqualTo("on");

        TestMember two = members.standby("two", one);
        ServerFacts standby = two.probed(ServerFacts::streaming);
        assertThat(standby.recovering()).isTrue();
        assertThat(standby.following()).isEqualTo(one.name);
        assertThat(standby.nextTimeline()).isEqualTo(new Timeline(2));
        assertThat(standby.systemIdentifier()).isEqualTo(facts.systemIdentifier());
        assertThat(one.probed(f -> f.standbys().containsKey(two.name)).standbys())
                .hasSize(1);

        // A gap: what one writes after two withdrew is lost by the promotion.
        Event.Withdrawn withdrawn = two.withdraw();
        assertThat(withdrawn.outcome()).isEqualTo(Outcome.DONE);
        one.sql("CREATE TABLE lost (x int)");
        WalPosition position = Objects.requireNonNull(withdrawn.position());
        two.permit();
        two.done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        two.done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        assertThat(two.act(new ServerAction.Promote(new Timeline(2), new Term(3)))
                        .outcome())
                .as("another term's promotion")
                .isEqualTo(Outcome.REFUSED);
        ServerFacts leading = two.probed(f -> !f.recovering());
        assertThat(leading.timeline()).isEqualTo(new Timeline(2));
        assertThat(leading.branchStart()).isEqualTo(position.lsn());
        two.sqlUntil("SELECT current_setting('primary_conninfo') || current_setting('primary_slot_name')", "");
        two.keepSlotFor(one);
        List<Branch> history = List.of(FIRST.getFirst(), new Branch(new Term(2), new Timeline(2), position.lsn()));

        one.killPostmaster();
        one.gate(g -> g.exit() != null);
        WalPosition end =
                Objects.requireNonNull(one.done(new ServerAction.FindEnd()).position());
        assertThat(end.lsn()).isGreaterThan(position.lsn());
        Event.ActionEnded rewound = one.done(new ServerAction.Rewind(two.source(), new DataId("rewound"), history));
        DataFacts after = Objects.requireNonNull(rewound.data());
        assertThat(after.data()).isEqualTo(new DataId("rewound"));
        assertThat(after.branches()).isEqualTo(Map.of(Timeline.FIRST, Term.FIRST, new Timeline(2), new Term(2)));
        assertThat(after.standbyFiles()).isTrue();
        one.done(new ServerAction.StartStandby(two.source(), history));
        ServerFacts back = one.probed(f -> f.streaming() && f.timeline().id() == 2);
        assertThat(back.following()).isEqualTo(two.name);
        assertThat(one.sql("SELECT count(*) FROM pg_class WHERE relname = 'lost'"))
                .isEqualTo("0");

        Event.ActionEnded killed = one.done(new ServerAction.Kill());
        // Else it would be killed again.
        assertThat(one.gateBefore(killed).exit()).isEqualTo("signal:9");
        assertThat(one.done(one.clone(two, "again", history)).data())
                .extracting(DataFacts::data, DataFacts::keptAside)
                .containsExactly(new DataId("again"), true);
        assertThat(one.root.resolve("data.aside")).exists();
        // An agent that comes later learns of it.
        assertThat(one.inspect().keptAside()).isTrue();
        one.done(new ServerAction.StartStandby(two.source(), history));
        one.probed(ServerFacts::streaming);
        assertThat(one.done(new ServerAction.Forget()).data())
                .extracting(DataFacts::keptAside)
                .isEqualTo(false);
        assertThat(one.root.resolve("data.aside")).doesNotExist();
        assertThat(one.inspect().keptAside()).isFalse();
        over.set(true);
        spy.join();
        assertThat(leaks).isEmpty();
        secretsAreNowhere(one, two);
    }

    @Test
    void aGateThatHangsIsAnEventAsItBeginsAndAsItEnds() throws Exception {
        TestMember one = members.member("one");
        one.signalGate("STOP");
        one.noticed(EventCode.GATE_LOST);
        one.signalGate("CONT");
        one.noticed(EventCode.GATE_LOST, EventCode.GATE_BACK);
    }

    /** The gate comes to it later: its server then runs, and nothing was known of that when the action ended. */
    @Test
    void ofAStartThatTheGateDoesNotTakeNothingIsKnown() throws Exception {
        TestMember one = members.primary("one");
        one.done(new ServerAction.Stop(true, 20_000));
        one.holdGate();
        try {
            assertThat(one.act(new ServerAction.StartPrimary(null)).outcome()).isEqualTo(Outcome.UNKNOWN);
        } finally {
            one.letGateGo();
        }
        one.probed(facts -> !facts.recovering());
        assertThat(one.act(new ServerAction.StartPrimary(null)).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void slotsThatCannotBeKeptAreAnEventAsItBeginsAndAsItEnds() throws Exception {
        TestMember one = members.primary("one");
        Map<MemberName, Effect.KeepSlots.Slot> tooMany = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            tooMany.put(new MemberName("m" + i), new Effect.KeepSlots.Slot(null));
        }
        one.keepSlots(tooMany);
        one.noticed(EventCode.SLOT_FAILED);
        assertThat(one.notices.getFirst().fields().get("detail")).contains("replication slots");
        one.keepSlots(tooMany);
        one.keepSlots(Map.of());
        one.noticed(EventCode.SLOT_FAILED, EventCode.FAILURE_ENDED);
    }

    @Test
    void aCrashIsNoticedAtOnce() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        int from = one.mark();
        long killed = System.nanoTime();
        one.killPostmaster();
        long failed = one.timeFrom(from, Event.ProbeFailed.class, e -> true, Duration.ofSeconds(5));
        long told = one.timeFrom(from, Event.GateReported.class, e -> e.gate().exit() != null, Duration.ofSeconds(5));
        long begun = System.nanoTime();
        one.done(new ServerAction.FindEnd());
        long found = System.nanoTime();
        two.withdraw();
        long withdrawn = System.nanoTime();
        two.permit();
        long promoting = System.nanoTime();
        two.done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        long promoted = System.nanoTime();
        LOG.info(
                "killed to probe failed {} ms, to gate's report {} ms; FindEnd {} ms, Withdraw {} ms, Promote {} ms",
                (failed - killed) / 1_000_000,
                (told - killed) / 1_000_000,
                (found - begun) / 1_000_000,
                (withdrawn - found) / 1_000_000,
                (promoted - promoting) / 1_000_000);
        assertThat(failed - killed).isLessThan(Duration.ofMillis(200).toNanos());
        assertThat(told - killed).isLessThan(Duration.ofSeconds(1).toNanos());
        assertThat(found - begun).isLessThan(Duration.ofMillis(500).toNanos());
    }

    @Test
    void anExistingDirectoryIsAdoptedWithItsSettings() throws Exception {
        TestMember one = members.primary("one");
        one.sql("CREATE TABLE kept (x int)");
        one.sql("ALTER SYSTEM SET work_mem = '5MB'");
        one.done(new ServerAction.Stop(true, 20_000));
        // As if it came from elsewhere: without what lies beside it.
        Files.delete(one.root.resolve("state/data.json"));
        Files.writeString(one.data.resolve("postgresql.conf"), "maintenance_work_mem = '33MB'\nport = 1\n");
        Files.writeString(
                one.data.resolve("postgresql.auto.conf"), "work_mem = '5MB'\nprimary_conninfo = 'host=elsewhere'\n");
        DataFacts before = one.inspect();
        assertThat(before.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(before.data()).isNull();
        assertThat(before.branches()).isEmpty();
        assertThat(one.act(new ServerAction.FindEnd()).outcome()).isEqualTo(Outcome.REFUSED);

        DataFacts after = Objects.requireNonNull(one.done(new ServerAction.Adopt(new DataId("adopted"), new Term(3)))
                .data());
        assertThat(after.data()).isEqualTo(new DataId("adopted"));
        assertThat(after.branches()).isEqualTo(Map.of(Timeline.FIRST, new Term(3)));
        one.permit();
        one.done(new ServerAction.StartPrimary(null));
        one.done(new ServerAction.Furnish());
        assertThat(one.sql("SELECT count(*) FROM kept")).isEqualTo("0");
        assertThat(one.sql("SHOW maintenance_work_mem")).isEqualTo("33MB");
        assertThat(one.sql("SHOW work_mem")).isEqualTo("5MB");
        assertThat(one.sql("SHOW primary_conninfo")).isEmpty();
        assertThat(one.sql("SHOW fsync")).isEqualTo("on");
    }

    @Test
    void aDirectoryThatIsNotWholeIsNotStarted() throws Exception {
        TestMember one = members.primary("one");
        one.done(new ServerAction.Stop(true, 20_000));
        Path notes = one.root.resolve("state/data.json");
        String good = Files.readString(notes);
        Files.writeString(notes, good.replace("COMPLETE", "REWINDING"));
        assertThat(one.inspect().content()).isEqualTo(DataFacts.Content.TORN);
        assertThat(one.act(new ServerAction.StartPrimary(null)).outcome()).isEqualTo(Outcome.FAILED);
        Files.writeString(notes, good);

        Path version = one.data.resolve("PG_VERSION");
        String own = Files.readString(version).strip();
        String other = own.equals("14") ? "15" : "14";
        Files.writeString(version, other + "\n");
        assertThat(one.inspect().problem()).contains(other).contains(own);
        assertThat(one.act(new ServerAction.StartPrimary(null)).outcome()).isEqualTo(Outcome.FAILED);
        Files.writeString(version, own + "\n");

        Files.delete(ControlFile.in(one.data));
        assertThat(one.inspect().content()).isEqualTo(DataFacts.Content.FOREIGN);

        DurableFile.deleteTree(one.data);
        DataFacts gone = one.inspect();
        assertThat(gone.content()).isEqualTo(DataFacts.Content.MISSING);
        assertThat(gone.problem()).contains("is its volume mounted?");
        assertThat(gone.data()).isNull();
        assertThat(one.act(new ServerAction.StartPrimary(null)).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void aKillEndsACloneAndLeavesWhatWasThere() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        ServerAction.Clone never = two.clone(one, "never", FIRST);
        int from = two.mark();
        two.server.act(9001, never);
        two.server.act(9002, new ServerAction.Kill());
        Event.ActionEnded clone =
                two.awaitFrom(from, Event.ActionEnded.class, e -> e.id() == 9001, Duration.ofSeconds(20));
        Event.ActionEnded kill =
                two.awaitFrom(from, Event.ActionEnded.class, e -> e.id() == 9002, Duration.ofSeconds(20));
        assertThat(clone.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(kill.outcome()).isEqualTo(Outcome.DONE);
        assertThat(Objects.requireNonNull(kill.data()).data()).isEqualTo(new DataId("data-two"));
        two.done(two.clone(one, "next", FIRST));
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
    }

    @Test
    void aCloneKeepsToItsRateAndItsLimit() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        long bytes = Long.parseLong(
                Objects.requireNonNull(one.sql("SELECT sum(pg_database_size(oid))::bigint FROM pg_database")));
        two.copying(new PostgresSettings.Copying(Duration.ofSeconds(2), bytes / 20));
        Event.ActionEnded cut = two.act(two.clone(one, "cut", FIRST));
        assertThat(cut.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(cut.detail()).contains("pg_basebackup ended with timeout");
        assertThat(Objects.requireNonNull(cut.data()).data()).isEqualTo(new DataId("data-two"));
        assertThat(two.root.resolve("data.new")).doesNotExist();

        two.copying(new PostgresSettings.Copying(Duration.ofMinutes(1), bytes / 4));
        long begun = System.nanoTime();
        two.done(two.clone(one, "slow", FIRST));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void slotsAreKeptForMembersAndOthersLeftAlone() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        one.sql("SELECT pg_create_physical_replication_slot('foreign_slot', true)");
        two.keepSlots(Map.of(
                new MemberName("a-third"), new Effect.KeepSlots.Slot(null), two.name, new Effect.KeepSlots.Slot(null)));
        two.sqlUntil("SELECT string_agg(slot_name, ' ') FROM pg_replication_slots", "pgmahout_a_third");
        one.sql("CREATE TABLE t AS SELECT generate_series(1, 1000)");
        String written = Objects.requireNonNull(one.sql("SELECT pg_current_wal_flush_lsn()"));
        two.sqlUntil("SELECT pg_last_wal_replay_lsn() >= '" + written + "'", "t");
        two.keepSlots(Map.of(new MemberName("a-third"), new Effect.KeepSlots.Slot(Lsn.parse(written))));
        two.sqlUntil("SELECT restart_lsn FROM pg_replication_slots", written);
        // Who has just started does not know who may come back.
        two.server.keepSlots(
                new Effect.KeepSlots(Map.of(new MemberName("a-fourth"), new Effect.KeepSlots.Slot(null)), false));
        two.sqlUntil(
                "SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots",
                "pgmahout_a_fourth pgmahout_a_third");
        two.keepSlots(Map.of());
        two.sqlUntil("SELECT count(*) FROM pg_replication_slots", "0");
        // The one in use stays until its user is gone.
        one.keepSlots(Map.of());
        two.done(new ServerAction.Stop(true, 20_000));
        one.keepSlots(Map.of());
        one.sqlUntil("SELECT string_agg(slot_name, ' ') FROM pg_replication_slots", "foreign_slot");
    }

    @Test
    void whyAStandbyWillNeverStreamIsTold() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        two.done(new ServerAction.Stop(true, 20_000));
        one.keepSlots(Map.of());
        one.sqlUntil("SELECT count(*) FROM pg_replication_slots", "0");
        for (int i = 0; i < 3; i++) {
            one.sql("SELECT pg_logical_emit_message(false, 'x', 'y')");
            one.sql("SELECT pg_switch_wal()");
        }
        one.sql("CHECKPOINT");
        one.keepSlotFor(two);
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        assertThat(two.probed(f -> f.sourceProblem() != null).sourceProblem()).contains("one has removed WAL");
    }

    @Test
    void aSecondAgentBesideOneGateIsTurnedAway() throws Exception {
        TestMember one = members.member("one");
        try (LocalServer second = one.open()) {
            second.probeNow();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !one.fatal.isEmpty());
        }
        assertThat(one.fatal.getFirst()).contains("another agent");
        one.inspect();
    }

    private static void secretsAreNowhere(TestMember... all) throws IOException {
        for (TestMember member : all) {
            String log = member.log();
            assertThat(log).contains("starting PostgreSQL");
            for (String secret : SECRETS) {
                assertThat(log).doesNotContain(secret);
            }
        }
    }
}
