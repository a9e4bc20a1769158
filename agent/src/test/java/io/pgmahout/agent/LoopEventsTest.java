package io.pgmahout.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.observe.EventLog;
import io.pgmahout.config.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What an agent tells of its control loop. */
final class LoopEventsTest {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(EventLog.LOGGER);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
    }

    @Test
    void aStepThatTookLongIsTold() throws Exception {
        ConfigurationFile file = new ConfigurationFile(directory);
        SettingsSource source = file.write();
        Loaded.Valid loaded = ConfigurationFile.load(source);
        Running running = new Running(loaded, source);
        Now now = new Now(1_000);
        AgentState start = Core.start(
                Settled.self(loaded.settings(), "a1"),
                Settled.tuning(loaded.settings()),
                VoterFile.fresh(new VoterId("v")),
                now);
        Event event = new Event.Tick();
        running.stepped(
                event, Core.step(start, event, now), now, Duration.ofMillis(1).toNanos());
        assertThat(told()).isEmpty();
        running.stepped(
                event, Core.step(start, event, now), now, Duration.ofSeconds(2).toNanos());
        assertThat(told()).containsExactly(EventCode.LOOP_SLOW.name());
    }

    @Test
    void aBrokenLoopEndsTheAgent() throws Exception {
        ConfigurationFile file = new ConfigurationFile(directory);
        SettingsSource source = file.write();
        Running running = new Running(ConfigurationFile.load(source), source);
        running.broken("the event queue is full", null);
        assertThat(running.await()).isEqualTo(1);
        assertThat(told()).containsExactly(EventCode.INVARIANT_BROKEN.name());
    }

    private List<Object> told() {
        return lines.list.stream()
                .map(line -> line.getKeyValuePairs().getFirst().value)
                .toList();
    }
}
