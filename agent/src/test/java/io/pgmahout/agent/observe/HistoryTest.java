package io.pgmahout.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Forms;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.ha.Step;
import io.pgmahout.agent.ha.Tuning;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WriteId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {

    private static final MemberName M1 = new MemberName("m1");
    private static final MemberName M2 = new MemberName("m2");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final AgentState STATE = Core.start(
            new Self("demo", M1, "a", "h:1", "h:2", 100, false, Forms.ANYHOW),
            Tuning.DEFAULT,
            VoterFile.fresh(new VoterId("v")),
            new Now(0));

    private final Tracing tracing = new Tracing();
    private final List<HistoryEntry> told = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aTakeoverIsTracedFromItsFirstSign() {
        step(0, seen(1, M1, 7));
        step(1_000, new Event.Tick(), new Effect.LookAt(M1, "10.0.0.1:5432"));
        step(1_050, new Event.Looked(M1, false), new Effect.LookAt(M1, "10.0.0.1:5432"));
        step(1_200, new Event.Tick(), new Effect.CompareAndSet(new Version(1), record(M2, 8)));
        step(
                1_220,
                new Event.WriteEnded(new WriteId("w8"), Outcome.DONE, new Version(2), ""),
                new Effect.Act(5, new ServerAction.Promote(new Timeline(4), new Term(8))),
                new Effect.Route(Role.PRIMARY, new Term(8), true));
        step(
                1_290,
                new Event.ActionEnded(5, Outcome.DONE, "", null, null),
                new Effect.SetPermit(2_000, null, 9, false));
        assertThat(told.stream().map(entry -> entry.getClass().getSimpleName()))
                .containsExactly("TermChange", "RoleChange", "Trace");
        assertThat(text(told.getLast())).isEqualTo("""
                heartbeat of m1 overdue: leads after 290
                0 heartbeat of m1 overdue
                50 second look at m1: no answer
                200 record write begun: term 8, held m2, QUORUM
                220 record write DONE
                220 Promote begun
                220 routed as PRIMARY
                290 Promote DONE
                290 permit given""");
    }

    @Test
    void aSignThatLeadsToNothingLeavesNothing() {
        step(0, seen(1, M1, 7));
        step(1_000, new Event.Tick(), new Effect.LookAt(M1, "10.0.0.1:5432"));
        step(1_000 + OpenTrace.SILENCE_MS, new Event.Tick());
        step(90_000, new Event.Commanded(new Command.Switchover("x", null, true)));
        step(190_000, new Event.Tick());
        assertThat(told).hasSize(1);
    }

    @Test
    void whatTheOthersDidIsTracedUntilThisMemberFollows() {
        step(0, seen(1, M1, 7));
        step(1_000, new Event.Disconnected(M1, true));
        step(1_300, seen(2, M2, 8), new Effect.Act(1, new ServerAction.Follow(new Source(M2, "h:1"), List.of())));
        step(1_400, new Event.ActionEnded(1, Outcome.DONE, "", null, null));
        assertThat(text(told.getLast())).startsWith("connection to m1 closed: follows m2 after 400");
    }

    @Test
    void survivesARestart() throws Exception {
        Path file = directory.resolve("history.jsonl");
        History history = History.open(file, 3, () -> NOON, Runnable::run);
        for (int i = 0; i < 20; i++) {
            history.stepped(seen(i, i % 2 == 0 ? M1 : M2, i + 1), new Step(STATE, List.of(), 0), new Now(i));
        }
        assertThat(history.entries()).hasSize(3);
        assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(6);
        assertThat(History.open(file, 3, () -> NOON, Runnable::run).entries()).isEqualTo(history.entries());
        assertThat(history.entries().getLast()).isEqualTo(new HistoryEntry.TermChange(NOON, 20, "m2"));
    }

    @Test
    void aTornFileIsReadAsFarAsItGoes() throws Exception {
        Path file = directory.resolve("history.jsonl");
        String good = new HistoryEntry.TermChange(NOON, 7, "m1").toJson() + "\n";
        Files.writeString(
                file, "garbage\n{\"kind\":\"newer\",\"at\":\"2026-11-22T12:00:00Z\"}\n" + good + "{\"at\":\"20");
        History history = History.open(file, 3, () -> NOON, Runnable::run);
        assertThat(history.entries()).containsExactly(new HistoryEntry.TermChange(NOON, 7, "m1"));
        history.stepped(seen(1, M2, 8), new Step(STATE, List.of(), 0), new Now(0));
        assertThat(History.open(file, 3, () -> NOON, Runnable::run).entries())
                .containsExactly(
                        new HistoryEntry.TermChange(NOON, 7, "m1"), new HistoryEntry.TermChange(NOON, 8, "m2"));
    }

    @Test
    void aFileThatCannotBeWrittenIsNoReasonToStop() {
        History history = History.open(directory.resolve("no/such/place"), 3, () -> NOON, Runnable::run);
        history.stepped(seen(1, M1, 7), new Step(STATE, List.of(), 0), new Now(0));
        assertThat(history.entries()).hasSize(1);
    }

    private void step(long ms, Event event, Effect... effects) {
        tracing.stepped(event, List.of(effects), ms)
                .forEach(found -> told.add(found.entry(NOON.plusMillis(found.beganMs()))));
    }

    private static Event seen(long version, MemberName holder, long term) {
        return new Event.RecordSeen(new Stored(new Version(version), record(holder, term)));
    }

    private static ClusterRecord record(MemberName holder, long term) {
        return new ClusterRecord(
                "demo",
                "1",
                new Term(term),
                new Holder.Held(holder, new Incarnation("i"), new DataId("d")),
                1,
                15_000,
                TakeoverRule.QUORUM,
                List.of(new Voter(new VoterId("v"), holder)),
                List.of(new Branch(new Term(term), new Timeline(3), Lsn.ZERO)),
                false,
                null,
                new WriteId("w" + term));
    }

    private static String text(HistoryEntry entry) {
        HistoryEntry.Trace trace = (HistoryEntry.Trace) entry;
        return trace.sign() + ": " + trace.outcome() + " after " + trace.tookMs() + "\n"
                + trace.marks().stream()
                        .map(mark -> mark.ms() + " " + mark.what())
                        .collect(Collectors.joining("\n"));
    }
}
