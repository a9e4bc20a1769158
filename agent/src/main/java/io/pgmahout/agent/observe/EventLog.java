package io.pgmahout.agent.observe;

import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.LinkedHashMap;
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
        Map<String, Object> pairs = new LinkedHashMap<>();
        if (now.term() != null) {
            pairs.put("term", now.term().value());
        }
        if (now.timeline() != null) {
            pairs.put("timeline", (long) now.timeline().id());
        }
        if (now.rule() != null) {
            pairs.put("rule", now.rule());
        }
        // What the notice itself says of term, timeline or rule is what the event is about.
        new TreeMap<>(notice.fields()).forEach((key, value) -> pairs.put(key, typed(key, value)));
        pairs.remove("event");
        LoggingEventBuilder line = LOG.atLevel(level(code)).addKeyValue("event", code.name());
        for (Map.Entry<String, Object> pair : pairs.entrySet()) {
            line = line.addKeyValue(pair.getKey(), pair.getValue());
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
        if (key.equals("term") || key.equals("timeline")) {
            return number(value);
        }
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
