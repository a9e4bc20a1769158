package io.pgmahout.agent.observe;

import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes notices to the log, one line each, under the logger {@code pgmahout.events}. Cluster and member are on
 * every line of the process ({@link Logging}); code, term, timeline, rule and fields are key-values. Any thread.
 */
public final class EventLog {

    /** The logger of all events. */
    public static final String LOGGER = "pgmahout.events";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final Supplier<Standing> standing;

    /**
     * Where the member stands when something is logged.
     *
     * @param rule number and name of the rule that fires for its server, null while none was asked
     */
    public record Standing(
            @Nullable Term term,
            @Nullable Timeline timeline,
            @Nullable String rule) {
        public static final Standing UNKNOWN = new Standing(null, null, null);
    }

    /** {@code standing} is asked on the thread that logs and returns at once. */
    public EventLog(Supplier<Standing> standing) {
        this.standing = standing;
    }

    public void log(EventCode code, Map<String, String> fields) {
        log(new Notice(code, fields));
    }

    public void log(Notice notice) {
        EventCode code = notice.code();
        Standing now = standing.get();
        LoggingEventBuilder line = LOG.atLevel(level(code)).addKeyValue("event", code.name());
        if (now.term() != null) {
            line = line.addKeyValue("term", now.term().value());
        }
        if (now.timeline() != null) {
            line = line.addKeyValue("timeline", now.timeline().id());
        }
        if (now.rule() != null) {
            line = line.addKeyValue("rule", now.rule());
        }
        for (Map.Entry<String, String> field : new TreeMap<>(notice.fields()).entrySet()) {
            line = line.addKeyValue(field.getKey(), typed(field.getKey(), field.getValue()));
        }
        line.log(code.sentence());
    }

    private static Level level(EventCode code) {
        return switch (code.level()) {
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }

    /** The value as its field says; as text when it is not what the field says, or the field is not known. */
    static Object typed(String key, String value) {
        for (EventCode.Field field : EventCode.Field.values()) {
            if (field.key().equals(key)) {
                return switch (field.type()) {
                    case TEXT -> value;
                    case NUMBER -> number(value);
                    case FLAG ->
                        value.equals("true") || value.equals("false") ? (Object) Boolean.valueOf(value) : value;
                };
            }
        }
        return value;
    }

    private static Object number(String value) {
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException notANumber) {
            return value;
        }
    }
}
