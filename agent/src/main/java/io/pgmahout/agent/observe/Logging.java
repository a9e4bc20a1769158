package io.pgmahout.agent.observe;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up the process's log once the configuration is known; until then it is as {@link FirstLogging} says. */
public final class Logging {

    private static final int QUEUED = 2_000;
    private static final int FLUSH_MS = 2_000;

    private Logging() {}

    /**
     * Puts cluster and member on every line from now on.
     *
     * @param form {@code auto}, {@code json} or {@code human}
     * @param level the least severe level that is logged, by name
     */
    public static void start(String form, String level, String cluster, String member) {
        LoggerContext context = context();
        context.putProperty("cluster", cluster);
        context.putProperty("member", member);
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        level(level);
        if (root.getAppender(FirstLogging.APPENDER) instanceof OutputStreamAppender<ILoggingEvent> appender
                && appender.getEncoder() instanceof LineEncoder encoder) {
            encoder.setForm(form);
            root.detachAppender(appender);
            root.addAppender(queued(context, appender));
        }
    }

    /**
     * What is logged is written by a thread of its own: whoever reads an agent's standard error, and stops, must not stop
     * its heartbeats. While the queue is full, lines are dropped.
     */
    static Appender<ILoggingEvent> queued(LoggerContext context, Appender<ILoggingEvent> appender) {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName("QUEUE");
        queue.setQueueSize(QUEUED);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MS);
        queue.addAppender(appender);
        queue.start();
        return queue;
    }

    /** Writes what is queued, within two seconds, and nothing after it. */
    public static void stop() {
        context().stop();
    }

    /** Logs what is as severe as this, by name, from now on. */
    public static void level(String level) {
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(level, Level.INFO));
    }

    /** Logs nothing: for commands, whose output is their own. */
    public static void silence() {
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("the log is not written by logback but by " + factory.getClass());
    }
}
