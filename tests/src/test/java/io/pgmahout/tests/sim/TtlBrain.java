package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.ha.Tuning;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A core of a page, to test the world with: the store lease alone, no peers, every standby cloned again after each
 * change of the holder. Slow and plain, but never two writers in a world that keeps its promises.
 */
final class TtlBrain implements Brain {
    private final Self self;
    private final Tuning tuning;
    private final List<Effect> effects = new ArrayList<>();
    private @Nullable Stored stored;
    private boolean readOnce;
    private long lifeSeenMs;
    private long leaseUntilMs;
    private @Nullable GateFacts gate;
    private @Nullable DataFacts data;
    private @Nullable ServerFacts server;
    private @Nullable WriteId writing;
    private long writingSentMs;
    private boolean acting;
    private long ids;
    private long turnMs;
    private @Nullable Term clonedFor;
    private @Nullable Term promotedFor;

    TtlBrain(Self self, Tuning tuning, VoterFile voter, Now now) {
        this.self = self;
        this.tuning = tuning;
        lifeSeenMs = now.ms();
    }

    @Override
    public Reaction step(Event event, Now now) {
        effects.clear();
        take(event, now);
        if (now.ms() >= turnMs || !(event instanceof Event.Tick)) {
            decide(now);
            turnMs = now.ms() + 200;
        }
        return new Reaction(List.copyOf(effects), turnMs);
    }

    @Override
    public List<String> rules(Now now) {
        return List.of();
    }

    private void take(Event event, Now now) {
        switch (event) {
            case Event.RecordRead read -> {
                if (read.outcome() == Outcome.DONE) {
                    readOnce = true;
                    see(read.stored(), now);
                }
            }
            case Event.RecordSeen seen -> see(seen.stored(), now);
            case Event.WriteEnded ended -> {
                if (ended.id().equals(writing)) {
                    writing = null;
                    if (ended.outcome() == Outcome.DONE) {
                        leaseUntilMs = writingSentMs + tuning.leaseDurationMs() - tuning.marginMs();
                    }
                    effects.add(new Effect.ReadRecord(++ids));
                }
            }
            case Event.GateReported report -> gate = report.gate();
            case Event.Probed probed -> server = probed.server();
            case Event.ProbeFailed failed -> server = null;
            case Event.ActionEnded ended -> {
                acting = false;
                data = ended.data();
                clonedFor = ended.outcome() == Outcome.DONE ? clonedFor : null;
                effects.add(new Effect.ProbeNow());
            }
            default -> {}
        }
    }

    private void see(@Nullable Stored seen, Now now) {
        if (seen == null) {
            return;
        }
        Stored old = stored;
        if (old == null || seen.version().newerThan(old.version())) {
            if (old == null || !old.record().sameLife(seen.record())) {
                lifeSeenMs = now.ms();
            }
            stored = seen;
        }
    }

    private void decide(Now now) {
        Stored known = stored;
        GateFacts at = gate;
        if (at == null) {
            return;
        }
        if (data == null) {
            act(new ServerAction.Inspect());
            return;
        }
        if (known == null) {
            decideWithoutRecord(now, at);
            return;
        }
        ClusterRecord record = known.record();
        boolean mine = record.holder().isHeldBy(self.name(), at.incarnation());
        boolean expired = now.ms() >= lifeSeenMs + record.leaseDurationMs() * (1 + tuning.clockDrift());
        if (writing == null && ids % 16 == 0) {
            effects.add(new Effect.ReadRecord(++ids));
        }
        if (mine) {
            lead(known, now, at);
        } else if (expired && (canLead() || self.name().equals(record.holder().memberOrNull()))) {
            write(known.version(), takeover(record, at), now);
        } else {
            serve(record, at);
        }
    }

    private void decideWithoutRecord(Now now, GateFacts at) {
        if (!readOnce) {
            effects.add(new Effect.ReadRecord(++ids));
        } else if (writing == null) {
            Holder holder = new Holder.Held(self.name(), at.incarnation(), new DataId(self.agent() + ".d"));
            write(null, first(holder), now);
        }
    }

    private ClusterRecord first(Holder holder) {
        return new ClusterRecord(
                "sim",
                null,
                Term.FIRST,
                holder,
                1,
                tuning.leaseDurationMs(),
                TakeoverRule.TTL,
                List.of(),
                List.of(),
                false,
                null,
                new WriteId(self.agent() + "." + ++ids));
    }

    private boolean canLead() {
        ServerFacts facts = server;
        return facts != null && facts.recovering() && facts.nextTimeline() != null && !acting;
    }

    private ClusterRecord takeover(ClusterRecord record, GateFacts at) {
        ServerFacts facts = server;
        List<Branch> history = new ArrayList<>(record.history());
        if (facts != null && facts.nextTimeline() != null) {
            history.add(new Branch(record.term().next(), facts.nextTimeline(), null));
        }
        return record.draft()
                .term(record.term().next())
                .holder(new Holder.Held(self.name(), at.incarnation(), null))
                .history(history)
                .as(new WriteId(self.agent() + "." + ++ids));
    }

    private void lead(Stored known, Now now, GateFacts at) {
        ClusterRecord record = known.record();
        if (now.ms() >= writingSentMs + tuning.leaseDurationMs() / 4 || leaseUntilMs == 0) {
            write(known.version(), record.draft().as(new WriteId(self.agent() + "." + ++ids)), now);
        }
        effects.add(new Effect.SetPermit(leaseUntilMs, null, ++ids, false));
        ServerFacts facts = server;
        DataFacts disk = data;
        if (now.ms() >= leaseUntilMs || disk == null) {
            return;
        }
        if (at.process() == GateFacts.Processes.NONE) {
            if (disk.content() != DataFacts.Content.COMPLETE) {
                act(new ServerAction.Initialize(new DataId(self.agent() + ".d" + ++ids), record.term()));
            } else if (disk.standbyFiles()) {
                act(new ServerAction.StartStandby(null, record.history()));
            } else {
                act(new ServerAction.StartPrimary(null));
            }
        } else if (facts != null
                && facts.recovering()
                && facts.nextTimeline() != null
                && !record.term().equals(promotedFor)) {
            promotedFor = record.term();
            act(new ServerAction.Promote(facts.nextTimeline(), record.term()));
        }
    }

    private void serve(ClusterRecord record, GateFacts at) {
        MemberName holder = record.holder().memberOrNull();
        if (holder == null || holder.equals(self.name())) {
            return;
        }
        Source source = new Source(holder, holder + ":5432");
        DataFacts disk = data;
        boolean fresh = record.term().equals(clonedFor) && disk != null && disk.content() == DataFacts.Content.COMPLETE;
        if (at.process() != GateFacts.Processes.NONE) {
            ServerFacts facts = server;
            if (!fresh || (facts != null && facts.sourceProblem() != null)) {
                clonedFor = null;
                act(new ServerAction.Kill());
            }
        } else if (fresh) {
            act(new ServerAction.StartStandby(source, record.history()));
        } else {
            clonedFor = record.term();
            act(new ServerAction.Clone(
                    source, new DataId(self.agent() + ".d" + ++ids), record.history(), Objects.requireNonNull(disk)));
        }
    }

    private void write(@Nullable Version base, ClusterRecord record, Now now) {
        if (writing == null) {
            writing = record.writeId();
            writingSentMs = now.ms();
            effects.add(new Effect.CompareAndSet(base, record));
        }
    }

    private void act(ServerAction action) {
        if (!acting) {
            acting = true;
            effects.add(new Effect.Act(++ids, action));
        }
    }
}
