package io.pgmahout.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class LinesTest {

    @Test
    void aLineIsOneJsonObjectWithTypedFields() {
        String line = JsonLine.of(event(
                Level.WARN,
                "This member took over as primary.",
                null,
                new KeyValuePair("event", "TERM_TAKEN"),
                new KeyValuePair("term", 7L),
                new KeyValuePair("reset", true),
                new KeyValuePair("rule", "110 lead")));
        assertThat(line)
                .isEqualTo("{\"timestamp\":\"2026-11-22T10:00:00.050Z\",\"level\":\"WARN\",\"event\":\"TERM_TAKEN\","
                        + "\"cluster\":\"demo\",\"member\":\"m1\",\"term\":7,\"reset\":true,\"rule\":\"110 lead\","
                        + "\"message\":\"This member took over as primary.\",\"logger\":\"pgmahout.events\","
                        + "\"thread\":\"loop\"}\n");
    }

    @Test
    void whateverIsLoggedIsStillOneLineOfJson() {
        String wild = "a \"quote\"\nnew line \u0000\u001b[31m \ud83d\udc18 \ud800 \\ </script>";
        String line = JsonLine.of(event(
                Level.INFO,
                wild,
                new IllegalStateException(wild),
                new KeyValuePair("message", "not the message"),
                new KeyValuePair("detail", wild),
                new KeyValuePair("detail", "second"),
                new KeyValuePair("nothing", null),
                new KeyValuePair("ratio", Double.NaN)));
        assertThat(line.strip()).doesNotContain("\n").doesNotContain("\u001b");
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        assertThat(json.get("message").getAsString()).isEqualTo(wild);
        assertThat(json.get("detail").getAsString()).isEqualTo(wild);
        assertThat(json.get("ratio").getAsString()).isEqualTo("NaN");
        assertThat(json.has("nothing")).isFalse();
        assertThat(json.get("error").getAsString()).startsWith("java.lang.IllegalStateException");
    }

    @Test
    void aLineHasAnEnd() {
        String line = JsonLine.of(event(Level.INFO, "x".repeat(1_000_000), null));
        assertThat(line).hasSizeLessThan(2 * LineEncoder.MAX_TEXT);
    }

    @Test
    void humansReadOneLineToo() {
        ILoggingEvent event = event(
                Level.ERROR,
                "The cluster store does not answer.",
                null,
                new KeyValuePair("event", "STORE_LOST"),
                new KeyValuePair("detail", "connection refused\n\u001b[2J"),
                new KeyValuePair("term", 7L));
        assertThat(HumanLine.of(event, false))
                .isEqualTo("10:00:00.050 ERROR STORE_LOST: The cluster store does not answer."
                        + " detail=\"connection refused [2J\" term=7\n");
        assertThat(HumanLine.of(event, true)).contains("\u001b[31;1mERROR\u001b[0m");
        assertThat(HumanLine.of(event(Level.INFO, "bound", null), false)).contains("INFO  events: bound\n");
    }

    @Test
    void noSecretPasses() {
        for (String secret : List.of(
                "host=h password=hunter2 user=u",
                "password='hunter2 hunter2' x",
                "{\"password\": \"hunter2\"}",
                "PGPASSWORD=hunter2 psql",
                "ALTER ROLE r PASSWORD 'hunter2'",
                "Authorization: Bearer hunter2hunter2",
                "postgres://user:hunter2@host/db",
                "https://etcd:hunter2@h:2379",
                "token: hunter2",
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----")) {
            String json = JsonLine.of(
                    event(Level.INFO, secret, new IllegalStateException(secret), new KeyValuePair("detail", secret)));
            assertThat(json).doesNotContain("hunter2");
            assertThat(HumanLine.of(event(Level.INFO, secret, null, new KeyValuePair("detail", secret)), false))
                    .doesNotContain("hunter2");
        }
        assertThat(Masking.masked("the token is missing; password file /a/b"))
                .isEqualTo("the token is missing; password file /a/b");
    }

    @Test
    void theFormFollowsTheSetting() {
        LineEncoder encoder = new LineEncoder();
        ILoggingEvent event = event(Level.INFO, "hello", null);
        encoder.setForm("human");
        assertThat(text(encoder, event)).startsWith("10:00:00.050");
        encoder.setForm("JSON");
        assertThat(text(encoder, event)).startsWith("{");
        encoder.setForm("auto");
        assertThat(text(encoder, event)).as("no terminal here").startsWith("{");
    }

    private static String text(LineEncoder encoder, ILoggingEvent event) {
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    private static ILoggingEvent event(
            Level level, String message, @Nullable Throwable failure, KeyValuePair... pairs) {
        LoggerContext context = new LoggerContext();
        context.putProperty("cluster", "demo");
        context.putProperty("member", "m1");
        LoggingEvent event =
                new LoggingEvent("fqcn", context.getLogger(EventLog.LOGGER), level, message, failure, null);
        event.setInstant(Instant.parse("2026-11-22T10:00:00.050Z"));
        event.setThreadName("loop");
        event.setMDCPropertyMap(Map.of());
        for (KeyValuePair pair : pairs) {
            event.addKeyValuePair(pair);
        }
        return event;
    }
}
