package io.pgmahout.config;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The declaration of one key: everything that is known about it, once.
 *
 * @param name as in the file, sections separated by dots
 * @param standard the default, as it could be written; empty when there is none
 * @param required whether it is a problem to leave it out
 * @param sentence what it is for, one sentence
 * @param reloadable whether a reload applies a change; otherwise a restart of the agent does
 * @param secret whether its value names a file with a secret
 * @param read the value in effect, from settings
 */
record Key<T>(
        String name,
        Type<T> type,
        Optional<String> standard,
        boolean required,
        String sentence,
        boolean reloadable,
        boolean secret,
        Function<Settings, Optional<T>> read) {
    static <T> Key<T> required(String name, Type<T> type, String sentence, Function<Settings, Optional<T>> read) {
        return new Key<>(name, type, Optional.empty(), true, sentence, false, false, read);
    }

    static <T> Key<T> optional(String name, Type<T> type, String sentence, Function<Settings, Optional<T>> read) {
        return new Key<>(name, type, Optional.empty(), false, sentence, false, false, read);
    }

    static <T> Key<T> standard(
            String name, Type<T> type, String standard, String sentence, Function<Settings, T> read) {
        return new Key<>(name, type, Optional.of(standard), false, sentence, false, false, read.andThen(Optional::of));
    }

    /** A key whose value names a file with a secret. */
    static Key<Secret> secret(String name, String sentence, Function<Settings, Optional<Secret>> read) {
        return new Key<>(name, SecretFile.TYPE, Optional.empty(), false, sentence, false, true, read);
    }

    Key<T> onReload() {
        return new Key<>(name, type, standard, required, sentence, true, secret, read);
    }

    /** The variable that sets it: failover.peer-lease is PGMAHOUT_FAILOVER_PEER_LEASE. */
    String variable() {
        return variable(name);
    }

    static String variable(String name) {
        return "PGMAHOUT_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The value in effect as it could be written again, masked if it is a secret. */
    Optional<String> shown(Settings settings) {
        return read.apply(settings).map(type::render);
    }
}
