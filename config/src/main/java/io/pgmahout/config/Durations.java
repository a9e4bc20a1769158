package io.pgmahout.config;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as people write them: 500ms, 3s, 2m (or 2min), 24h, 7d. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}) *(ms|s|m|min|h|d)");

    private Durations() {}

    /** Throws IllegalArgumentException, with a reason a person can read, for anything else than a number and a unit. */
    public static Duration parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a whole number followed by ms, s, m, h or d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** The duration to the millisecond, in the greatest unit that needs no fraction; days only from two on. */
    public static String render(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 1000 != 0) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0 && seconds > 86_400) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
