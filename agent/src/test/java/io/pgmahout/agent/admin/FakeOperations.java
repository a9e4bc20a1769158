package io.pgmahout.agent.admin;

import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Forms;
import io.pgmahout.agent.ha.Insight;
import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.Verdict;
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
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WriteId;
import io.pgmahout.agent.observe.HistoryEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An agent of a healthy cluster of m1 (primary), m2 and m3 (16 kB behind), as a test would have it. */
public final class FakeOperations implements Operations {

    public static final MemberName M1 = new MemberName("m1");
    public static final MemberName M2 = new MemberName("m2");
    public static final MemberName M3 = new MemberName("m3");
    static final Lsn END = Lsn.parse("0/5000000");

    private final MemberName self;
    final List<Command> submitted = new CopyOnWriteArrayList<>();
    final List<Notice> logged = new CopyOnWriteArrayList<>();
    final Map<MemberName, MemberReport> members = new HashMap<>();
    final Set<MemberName> connected = new HashSet<>(Set.of(M1, M2, M3));

    volatile long ageMs = 5;
    volatile long loopSilentMs;
    volatile long permitMs = 640;
    volatile @Nullable ServerAction action;
    volatile boolean started = true;
    volatile boolean paused;
    volatile @Nullable MemberName holder = M1;
    volatile Reloaded reloaded = new Reloaded(List.of("log.level"), List.of("admin.listen"), List.of());

    /** Null: not answered before {@link #answer}. */
    public volatile @Nullable Function<Command, Answer> answers =
            command -> new Answer(Outcome.DONE, "m2 leads term 8");

    private final CompletableFuture<Answer> later = new CompletableFuture<>();
    private volatile Consumer<String> progress = text -> {};

    public FakeOperations(MemberName self) {
        this.self = self;
        members.put(M1, report(M1, Role.PRIMARY, END));
        members.put(M2, report(M2, Role.STANDBY, END));
        members.put(M3, report(M3, Role.STANDBY, new Lsn(END.value() - 16_384)));
    }

    static MemberReport report(MemberName name, Role role, Lsn lsn) {
        boolean primary = role == Role.PRIMARY;
        WalPosition position = new WalPosition(new Term(7), new Timeline(3), lsn);
        return new MemberReport(
                name,
                new VoterId("voter-" + name),
                new Incarnation("gate-" + name),
                "127.0.0.1:5432",
                "127.0.0.1:1",
                role,
                ServerState.RUNNING,
                new DataId("data-" + name),
                "7300000000000000001",
                position,
                primary ? null : position,
                null,
                primary ? null : M1,
                !primary,
                100,
                name.equals(M3),
                new Term(7),
                new Term(6),
                primary ? 640 : 0,
                name.equals(M3) ? "it is tagged nofailover" : null,
                primary ? "110 lead" : "130 follow-holder");
    }

    /** The same report with another server, role, admin address. */
    public void change(MemberName name, Role role, ServerState server, String adminAddress) {
        MemberReport old = members.get(name);
        if (old != null) {
            members.put(
                    name,
                    new MemberReport(
                            name,
                            old.voter(),
                            old.incarnation(),
                            old.address(),
                            adminAddress,
                            role,
                            server,
                            old.data(),
                            old.systemIdentifier(),
                            old.position(),
                            old.replayed(),
                            old.reach(),
                            old.following(),
                            old.streaming(),
                            old.priority(),
                            old.nofailover(),
                            old.termSeen(),
                            old.promised(),
                            old.permitMs(),
                            old.obstacle(),
                            old.rule()));
        }
    }

    public void lead(@Nullable MemberName member) {
        holder = member;
    }

    public List<Command> submitted() {
        return submitted;
    }

    /** How long its permit reaches; 0 for none. */
    public void permit(long ms) {
        permitMs = ms;
    }

    public void disconnect(MemberName member) {
        connected.remove(member);
    }

    /** Ends what was submitted while {@link #answers} was null. */
    public void answer(Answer answer) {
        later.complete(answer);
    }

    public void progress(String text) {
        progress.accept(text);
    }

    @Override
    public @Nullable Seen seen() {
        if (!started) {
            return null;
        }
        MemberName leader = holder;
        ClusterRecord record = new ClusterRecord(
                "demo",
                "7300000000000000001",
                new Term(7),
                leader == null
                        ? new Holder.Released(null)
                        : new Holder.Held(leader, new Incarnation("gate-" + leader), new DataId("data-" + leader)),
                40,
                15_000,
                TakeoverRule.QUORUM,
                List.of(
                        new Voter(new VoterId("voter-m1"), M1),
                        new Voter(new VoterId("voter-m2"), M2),
                        new Voter(new VoterId("voter-m3"), M3)),
                List.of(new Branch(new Term(7), new Timeline(3), Lsn.ZERO)),
                paused,
                null,
                new WriteId("w1"));
        Insight insight = new Insight(
                new Self("demo", self, "agent-1", "127.0.0.1:5432", "127.0.0.1:1", 100, false, Forms.ANYHOW),
                new Stored(new Version(41), record),
                1_200,
                members,
                connected,
                List.of(new Verdict(
                        Verdict.Question.SERVER,
                        110,
                        "lead",
                        "This member holds the term.",
                        Map.of("holder", "m1", "permit", "640 ms"))),
                Map.of(M2, "the holder is alive"),
                permitMs,
                750,
                action);
        return new Seen(insight, ageMs);
    }

    @Override
    public long loopSilentMs() {
        return loopSilentMs;
    }

    @Override
    public CompletionStage<Answer> submit(Command command, Consumer<String> told) {
        submitted.add(command);
        progress = told;
        Function<Command, Answer> now = answers;
        if (now == null) {
            told.accept("accepted");
        }
        return now == null ? later : CompletableFuture.completedFuture(now.apply(command));
    }

    @Override
    public CompletionStage<Reloaded> reload() {
        return CompletableFuture.completedFuture(reloaded);
    }

    @Override
    public List<ConfigRow> configuration() {
        return List.of(
                new ConfigRow("cluster", "demo", "/etc/pgmahout.yaml:1"),
                new ConfigRow("admin.token-file", "********", "environment PGMAHOUT_ADMIN_TOKEN_FILE"));
    }

    @Override
    public List<HistoryEntry> history() {
        Instant at = Instant.parse("2026-11-22T10:00:00.250Z");
        return List.of(
                new HistoryEntry.TermChange(at, 7, "m1"),
                new HistoryEntry.Trace(
                        at,
                        "heartbeat of m2 overdue",
                        "leads",
                        310,
                        List.of(
                                new HistoryEntry.Mark(0, "heartbeat of m2 overdue"),
                                new HistoryEntry.Mark(310, "Promote DONE"))),
                new HistoryEntry.RoleChange(at, "PRIMARY", 7));
    }

    @Override
    public void log(Notice notice) {
        logged.add(notice);
    }
}
