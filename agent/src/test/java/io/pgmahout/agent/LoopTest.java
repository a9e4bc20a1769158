package io.pgmahout.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Step;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WriteId;
import io.pgmahout.config.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoopTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** One that this member has no part in. */
    private static final ClusterRecord RECORD = new ClusterRecord(
            "demo",
            "7300000000000000001",
            new Term(7),
            new Holder.Released(null),
            1,
            15_000,
            TakeoverRule.TTL,
            List.of(),
            List.of(),
            false,
            null,
            new WriteId("w1"));

    private final List<Effect> effects = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Thread> control = new CompletableFuture<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** It leaves a permit behind: what comes in before its process is gone must not change that. */
    @Test
    void anAgentThatEndsTakesNoFurtherStep() throws Exception {
        Loaded.Valid loaded = ConfigurationFile.load(new ConfigurationFile(directory).write());
        BootClock clock = BootClock.open();
        AgentState start = Core.start(
                Settled.self(loaded.settings(), "a1"),
                Settled.tuning(loaded.settings()),
                VoterFile.fresh(new VoterId("v")),
                clock.now());
        Loop loop = new Loop(start, clock, new Loop.Observer() {
            @Override
            public void stepped(Event event, Step step, Now now, long tookNanos) {}

            @Override
            public void broken(String why, @Nullable Throwable cause) {
                throw new AssertionError(why, cause);
            }
        });
        loop.start(step -> {
            control.complete(Thread.currentThread());
            effects.addAll(step.effects());
            for (Effect effect : step.effects()) {
                if (effect instanceof Effect.ReadRecord read) {
                    loop.tell(new Event.RecordRead(read.id(), Outcome.DONE, new Stored(new Version(1), RECORD), ""));
                } else if (effect instanceof Effect.Exit) {
                    loop.tell(new Event.Tick());
                }
            }
        });
        loop.tell(new Event.GateReported(
                new GateFacts(new Incarnation("g1"), GateFacts.Processes.NONE, false, false, 0, 0, null, 0, false)));
        loop.tell(new Event.Commanded(new Command.Retire("r")));
        Thread running = control.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(running.join(LIMIT)).as("the loop ends").isTrue();
        assertThat(effects.stream().filter(Effect.Exit.class::isInstance)).hasSize(1);
    }
}
