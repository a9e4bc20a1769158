package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.model.Incarnation;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gate's {@code state} file (docs/gate.md). Times are uptimes in centiseconds.
 *
 * @param refusedSeq which command was refused last, 0 for none
 */
record GateState(
        Incarnation incarnation,
        long uptime,
        long session,
        long seq,
        GateFacts.Processes process,
        boolean startedAsPrimary,
        boolean writable,
        long launch,
        long permit,
        @Nullable String exit,
        long refusedSeq,
        String refusal,
        boolean terminating) {

    /** Null when the file is not there or not whole. */
    static @Nullable GateState parse(Map<String, String> values) {
        String incarnation = values.get("incarnation");
        if (incarnation == null || incarnation.isBlank()) {
            return null;
        }
        try {
            String refused = values.getOrDefault("refused", "-");
            int space = refused.indexOf(' ');
            return new GateState(
                    new Incarnation(incarnation),
                    number(values, "uptime"),
                    number(values, "session"),
                    number(values, "seq"),
                    GateFacts.Processes.valueOf(
                            values.getOrDefault("server", "none").toUpperCase(Locale.ROOT)),
                    "primary".equals(values.get("mode")),
                    "1".equals(values.get("writable")),
                    number(values, "launch"),
                    number(values, "permit"),
                    dash(values.get("exit")),
                    space < 0 ? 0 : Long.parseLong(refused.substring(0, space)),
                    space < 0 ? "" : GateText.decode(refused.substring(space + 1)),
                    dash(values.get("terminating")) != null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static long number(Map<String, String> values, String key) {
        String value = dash(values.get(key));
        return value == null ? 0 : Long.parseLong(value);
    }

    private static @Nullable String dash(@Nullable String value) {
        return value == null || value.equals("-") ? null : value;
    }

    GateFacts facts(long coreSeq) {
        return new GateFacts(
                incarnation,
                process,
                startedAsPrimary,
                writable,
                launch,
                coreSeq,
                process == GateFacts.Processes.NONE ? exit : null,
                permit * 10,
                terminating);
    }

    boolean gone() {
        return process == GateFacts.Processes.NONE;
    }
}
