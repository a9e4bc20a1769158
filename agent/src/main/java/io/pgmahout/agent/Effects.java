package io.pgmahout.agent;

import io.pgmahout.agent.cluster.ClusterStore;
import io.pgmahout.agent.gossip.Gossip;
import io.pgmahout.agent.gossip.PortLook;
import io.pgmahout.agent.gossip.VoterNote;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Step;
import io.pgmahout.agent.postgres.LocalServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the effects of a step, in their order, on the threads they belong to. The control thread never waits here.
 * What is durable before something is sent is written and sent on one thread, in that order.
 */
final class Effects implements Consumer<Step>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Effects.class);

    /** A read or write of the record that takes longer has an unknown outcome. */
    private static final Duration STORE_DEADLINE = Duration.ofSeconds(1);

    private final Consumer<Event> events;
    private final ClusterStore store;
    private final Gossip gossip;
    private final LocalServer server;
    private final VoterNote voterNote;
    private final PortLook portLook;
    private final Outside outside;
    private final ThreadPoolExecutor reads = lane("store-read", 4);
    private final ThreadPoolExecutor writes = lane("store-write", 4);
    private final ThreadPoolExecutor notes = lane("voter-file", 64);

    /** What an agent does for people and clients; each method returns at once. */
    interface Outside {
        void route(Effect.Route route);

        void log(Effect.Log log);

        void progress(Effect.Progress progress);

        void answer(Effect.Answer answer);

        void exit(String reason);
    }

    Effects(
            Consumer<Event> events,
            ClusterStore store,
            Gossip gossip,
            LocalServer server,
            VoterNote voterNote,
            PortLook portLook,
            Outside outside) {
        this.events = events;
        this.store = store;
        this.gossip = gossip;
        this.server = server;
        this.voterNote = voterNote;
        this.portLook = portLook;
        this.outside = outside;
    }

    private static ThreadPoolExecutor lane(String name, int queue) {
        return new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /** What is told to people comes last: a line costs as much as a step, and clients may be waiting. */
    @Override
    public void accept(Step step) {
        for (Effect effect : step.effects()) {
            if (!(effect instanceof Effect.Log)) {
                begin(effect);
            }
        }
        for (Effect effect : step.effects()) {
            if (effect instanceof Effect.Log log) {
                outside.log(log);
            }
        }
    }

    private void begin(Effect effect) {
        switch (effect) {
            case Effect.CompareAndSet write -> write(write);
            case Effect.ReadRecord read -> read(read);
            case Effect.Send send -> gossip.send(send.to(), send.message());
            case Effect.Persist persist -> persist(persist);
            case Effect.SetPermit permit ->
                server.setPermit(permit.deadlineMs(), permit.timeline(), permit.seq(), permit.confirm());
            case Effect.Act act -> server.act(act.id(), act.action());
            case Effect.Withdraw withdraw -> server.withdraw(withdraw.id());
            case Effect.ProbeNow probe -> server.probeNow();
            case Effect.LookAt look -> portLook.look(look.member(), look.address());
            case Effect.Route route -> outside.route(route);
            case Effect.KeepSlots keep -> server.keepSlots(keep);
            case Effect.Log log -> outside.log(log);
            case Effect.Progress progress -> outside.progress(progress);
            case Effect.Answer answer -> outside.answer(answer);
            case Effect.Exit exit -> outside.exit(exit.reason());
        }
    }

    private void write(Effect.CompareAndSet write) {
        boolean taken = run(writes, () -> {
            ClusterStore.WriteOutcome outcome = store.compareAndSet(write.base(), write.record(), STORE_DEADLINE);
            events.accept(
                    switch (outcome) {
                        case ClusterStore.WriteOutcome.Applied applied -> ended(write, Outcome.DONE, applied, "");
                        case ClusterStore.WriteOutcome.Conflict conflict -> ended(write, Outcome.REFUSED, null, "");
                        case ClusterStore.WriteOutcome.Refused refused ->
                            ended(write, Outcome.FAILED, null, refused.reason());
                        case ClusterStore.WriteOutcome.Unknown unknown ->
                            ended(write, Outcome.UNKNOWN, null, unknown.reason());
                    });
        });
        if (!taken) {
            events.accept(ended(write, Outcome.FAILED, null, "not sent: the store's earlier calls have not ended"));
        }
    }

    private static Event ended(
            Effect.CompareAndSet write,
            Outcome outcome,
            ClusterStore.WriteOutcome.@org.jspecify.annotations.Nullable Applied applied,
            String detail) {
        return new Event.WriteEnded(
                write.record().writeId(), outcome, applied == null ? null : applied.version(), detail);
    }

    private void read(Effect.ReadRecord read) {
        boolean taken = run(reads, () -> {
            ClusterStore.ReadOutcome outcome = store.read(STORE_DEADLINE);
            events.accept(
                    switch (outcome) {
                        case ClusterStore.ReadOutcome.Found found ->
                            new Event.RecordRead(read.id(), Outcome.DONE, found.stored(), "");
                        case ClusterStore.ReadOutcome.Absent absent ->
                            new Event.RecordRead(read.id(), Outcome.DONE, null, "");
                        case ClusterStore.ReadOutcome.Refused refused ->
                            new Event.RecordRead(read.id(), Outcome.REFUSED, null, refused.reason());
                        case ClusterStore.ReadOutcome.Unavailable unavailable ->
                            new Event.RecordRead(read.id(), Outcome.FAILED, null, unavailable.reason());
                    });
        });
        if (!taken) {
            events.accept(new Event.RecordRead(read.id(), Outcome.FAILED, null, "the store's calls have not ended"));
        }
    }

    private void persist(Effect.Persist persist) {
        boolean taken = run(notes, () -> {
            try {
                voterNote.write(persist.file());
            } catch (IOException e) {
                LOG.warn("the voter file cannot be written", e);
                events.accept(new Event.Persisted(persist.file(), Outcome.FAILED));
                return;
            }
            persist.then().forEach(send -> gossip.send(send.to(), send.message()));
            events.accept(new Event.Persisted(persist.file(), Outcome.DONE));
        });
        if (!taken) {
            events.accept(new Event.Persisted(persist.file(), Outcome.FAILED));
        }
    }

    private static boolean run(ThreadPoolExecutor lane, Runnable task) {
        try {
            lane.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    @Override
    public void close() {
        reads.shutdownNow();
        writes.shutdownNow();
        notes.shutdownNow();
    }
}
