package io.pgmahout.agent.observe;

import io.pgmahout.agent.model.EventCode;
import java.util.stream.Collectors;

/** The catalogue of events, made from {@link EventCode}. */
public final class EventCatalogue {

    private EventCatalogue() {}

    /** docs/events.md. */
    public static String markdown() {
        StringBuilder page = new StringBuilder("""
                # Events

                Made from `EventCode`; do not edit. Codes are stable: alerts can be built on them.

                Every line has `timestamp` (ISO 8601, UTC), `level`, `event`, `cluster`, `member`, `message`, and as far
                as known `term`, `timeline` (numbers) and `rule` (number and name of the rule that fires for the server).
                The fields that follow are those of the event itself. Lines without `event` are for those who search a
                fault, and nothing in them is stable.

                | event | level | what happened | what to do | fields |
                | --- | --- | --- | --- | --- |
                """);
        for (EventCode code : EventCode.values()) {
            page.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(code.name(), code.level(), code.sentence(), code.advice(), fields(code)));
        }
        page.append("""

                ## Fields

                | field | type | what it tells |
                | --- | --- | --- |
                """);
        for (EventCode.Field field : EventCode.Field.values()) {
            page.append("| `%s` | %s | %s |\n".formatted(field.key(), type(field), field.sentence()));
        }
        return page.toString();
    }

    private static String fields(EventCode code) {
        return code.fields().stream().map(field -> "`" + field.key() + "`").collect(Collectors.joining(", "));
    }

    private static String type(EventCode.Field field) {
        return switch (field.type()) {
            case TEXT -> "text";
            case NUMBER -> "number";
            case FLAG -> "true or false";
        };
    }
}
