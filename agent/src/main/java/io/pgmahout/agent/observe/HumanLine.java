package io.pgmahout.agent.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** One log event as a person reads it: time (UTC), level, event code or logger, message, fields. */
final class HumanLine {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private HumanLine() {}

    static String of(ILoggingEvent event, boolean colours) {
        List<KeyValuePair> pairs = event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
        StringBuilder line = new StringBuilder(160);
        line.append(TIME.format(event.getInstant())).append(' ');
        String level = "%-5s".formatted(event.getLevel().levelStr);
        line.append(colours ? coloured(event.getLevel(), level) : level).append(' ');
        line.append(pairs.stream()
                .filter(pair -> pair.key.equals("event"))
                .map(pair -> String.valueOf(pair.value))
                .findFirst()
                .orElseGet(() -> shortened(event.getLoggerName())));
        line.append(": ").append(oneLine(LineEncoder.shown(event.getFormattedMessage())));
        for (KeyValuePair pair : pairs) {
            if (!pair.key.equals("event")) {
                line.append(' ').append(pair.key).append('=').append(value(String.valueOf(pair.value)));
            }
        }
        String trace = LineEncoder.trace(event);
        if (trace != null) {
            line.append('\n').append(trace.stripTrailing());
        }
        return line.append('\n').toString();
    }

    private static String value(String value) {
        String shown = oneLine(LineEncoder.shown(value));
        return shown.isEmpty() || shown.indexOf(' ') >= 0 ? '"' + shown + '"' : shown;
    }

    /** No control character reaches a terminal: a server's message could carry one. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    private static String shortened(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String coloured(Level level, String text) {
        String colour = switch (level.toInt()) {
            case Level.ERROR_INT -> "31;1";
            case Level.WARN_INT -> "33";
            case Level.INFO_INT -> "32";
            default -> "2";
        };
        return "\u001b[" + colour + "m" + text + "\u001b[0m";
    }
}
