package io.pgmahout.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoggingTest {

    /** As a pipe is whose reader stopped: the control loop logs, and must not wait for it. */
    @Test
    @Timeout(20)
    void aReaderThatStopsHoldsNobodyUpAndGetsWhatWasQueuedWhenItGoesOn() {
        Semaphore goesOn = new Semaphore(0);
        List<String> written = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> stuck = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                goesOn.acquireUninterruptibly();
                written.add(event.getFormattedMessage());
            }
        };
        LoggerContext context = new LoggerContext();
        stuck.setContext(context);
        stuck.start();
        Appender<ILoggingEvent> queue = Logging.queued(context, stuck);
        for (int i = 0; i < 10_000; i++) {
            LoggingEvent event =
                    new LoggingEvent("fqcn", context.getLogger("log"), Level.INFO, "line " + i, null, null);
            event.setMDCPropertyMap(Map.of());
            queue.doAppend(event);
        }
        goesOn.release(10_000);
        queue.stop();
        assertThat(written).hasSizeGreaterThan(1_000).startsWith("line 0", "line 1", "line 2");
    }
}
