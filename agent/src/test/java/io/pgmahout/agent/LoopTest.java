package io.pgmahout.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.Step;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.config.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoopTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** It leaves a permit behind: what comes in before its process is gone must not change that. */
    @Test
    void anAgentThatEndsTakesNoFurtherStep() throws Exception {
        ConfigurationFile file = new ConfigurationFile(directory);
        Loaded.Valid loaded = ConfigurationFile.load(file.write());
        Self self = Settled.self(loaded.settings(), "a1");
        BootClock clock = BootClock.open();
        AgentState start = Core.start(
                self, Settled.tuning(loaded.settings()), new VoterFile(new VoterId("v"), Term.NONE, 0), clock.now());
        List<Step> steps = new ArrayList<>();
        Loop loop = new Loop(start, clock, new Loop.Observer() {
            @Override
            public void stepped(Event event, Step step, Now now, long tookNanos) {
                steps.add(step);
            }

            @Override
            public void broken(String why, @Nullable Throwable cause) {
                throw new AssertionError(why, cause);
            }
        });
        loop.tell(new Event.RecordRead(1, Outcome.DONE, null, ""));
        loop.tell(new Event.Commanded(new Command.Retire("r")));
        for (int i = 0; i < 10; i++) {
            loop.tell(new Event.Tick());
        }
        Thread control = new Thread(loop);
        control.start();
        assertThat(control.join(LIMIT)).as("the loop ends").isTrue();
        assertThat(steps.getLast().effects()).hasAtLeastOneElementOfType(Effect.Exit.class);
        assertThat(steps.stream().flatMap(step -> step.effects().stream()).filter(Effect.Exit.class::isInstance))
                .hasSize(1);
    }
}
