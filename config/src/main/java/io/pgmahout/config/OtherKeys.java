package io.pgmahout.config;

import io.pgmahout.config.LogSettings.Format;
import io.pgmahout.config.LogSettings.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Rebuilding a member, the callback, and the log. */
final class OtherKeys {
    static final Key<Duration> CLONE_TIMEOUT = Key.standard(
                    "rebuild.clone-timeout",
                    Types.duration("1m", "30d"),
                    "24h",
                    "A clone that takes longer is cancelled and begun again.",
                    s -> s.rebuild().cloneTimeout())
            .onReload();
    static final Key<DataSize> MAX_RATE = Key.optional(
                    "rebuild.max-rate",
                    Types.size("32kB", "1GB"),
                    "Bytes per second that a clone may take from the primary; without it as fast as it goes.",
                    s -> s.rebuild().maxRate())
            .onReload();
    static final Key<List<String>> COMMAND = Key.standard(
                    "callback.command",
                    Types.listOf(
                            Types.text(
                                    "one line of at most 1024 characters",
                                    part -> part.length() <= 1024,
                                    "is too long"),
                            32),
                    "",
                    "Program (an absolute path) and its first arguments, run on each change of role; none if empty.",
                    s -> s.callback().map(CallbackSettings::command).orElse(List.of()))
            .onReload();
    static final Key<Duration> TIMEOUT = Key.standard(
                    "callback.timeout",
                    Types.duration("1s", "5m"),
                    "10s",
                    "A callback that runs longer is killed.",
                    s -> s.callback().map(CallbackSettings::timeout).orElse(Duration.ofSeconds(10)))
            .onReload();
    static final Key<Format> FORMAT = Key.standard(
            "log.format",
            Types.oneOf(Format.class),
            "auto",
            "Form of log lines: JSON, for people, or the latter only on a terminal.",
            s -> s.log().format());
    static final Key<Level> LEVEL = Key.standard(
                    "log.level",
                    Types.oneOf(Level.class),
                    "info",
                    "The least severe level that is logged.",
                    s -> s.log().level())
            .onReload();

    static final List<Key<?>> ALL = List.of(CLONE_TIMEOUT, MAX_RATE, COMMAND, TIMEOUT, FORMAT, LEVEL);

    private OtherKeys() {}

    static RebuildSettings rebuild(Values values) {
        return new RebuildSettings(values.get(CLONE_TIMEOUT), values.find(MAX_RATE));
    }

    static Optional<CallbackSettings> callback(Values values) {
        return Optional.of(values.get(COMMAND))
                .filter(command -> !command.isEmpty())
                .map(command -> new CallbackSettings(command, values.get(TIMEOUT)));
    }

    static LogSettings log(Values values) {
        return new LogSettings(values.get(FORMAT), values.get(LEVEL));
    }
}
