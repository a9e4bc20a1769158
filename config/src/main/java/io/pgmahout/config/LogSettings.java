package io.pgmahout.config;

/** What the agent logs and in which form. */
public record LogSettings(Format format, Level level) {
    /** Form of a log line. */
    public enum Format {
        /** Human on a terminal, else JSON. */
        AUTO,
        JSON,
        HUMAN
    }

    /** The least severe level that is logged. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
