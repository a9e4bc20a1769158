package io.pgmahout.agent.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One log event as one JSON object: {@code timestamp} (ISO 8601, UTC, milliseconds), {@code level}, {@code cluster},
 * {@code member}, the key-values with their types, {@code message}, {@code logger}, {@code thread}, and
 * {@code error} with the stack trace. A name stands once: the first wins.
 */
final class JsonLine {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final JsonWriter json;
    private final Set<String> names = new HashSet<>();

    private JsonLine(JsonWriter json) {
        this.json = json;
    }

    static String of(ILoggingEvent event) {
        StringWriter text = new StringWriter(512);
        try (JsonWriter json = new JsonWriter(text)) {
            new JsonLine(json).write(event);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return text.append('\n').toString();
    }

    private void write(ILoggingEvent event) throws IOException {
        json.beginObject();
        field("timestamp", TIME.format(event.getInstant()));
        field("level", event.getLevel().levelStr);
        names.addAll(Set.of("message", "logger", "thread", "error"));
        List<KeyValuePair> pairs = event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
        for (KeyValuePair pair : pairs) {
            if (pair.key.equals("event")) {
                field("event", pair.value);
            }
        }
        field("cluster", event.getLoggerContextVO().getPropertyMap().get("cluster"));
        field("member", event.getLoggerContextVO().getPropertyMap().get("member"));
        for (KeyValuePair pair : pairs) {
            field(pair.key, pair.value);
        }
        names.clear();
        field("message", event.getFormattedMessage());
        field("logger", event.getLoggerName());
        field("thread", event.getThreadName());
        field("error", LineEncoder.trace(event));
        json.endObject();
    }

    private void field(String name, @Nullable Object value) throws IOException {
        if (value == null || !names.add(name)) {
            return;
        }
        json.name(name);
        if (value instanceof Boolean flag) {
            json.value(flag);
        } else if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            json.value(number);
        } else {
            json.value(LineEncoder.shown(value.toString()));
        }
    }
}
