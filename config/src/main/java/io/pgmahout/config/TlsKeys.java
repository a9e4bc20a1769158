package io.pgmahout.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The three keys of a TLS section; they are set together or not at all. */
record TlsKeys(Key<Path> caFile, Key<Path> certificateFile, Key<Path> keyFile) {
    static TlsKeys of(String section, String what, Function<Settings, Optional<TlsSettings>> read) {
        return new TlsKeys(
                Key.optional(
                        section + ".ca-file",
                        Types.READABLE_FILE,
                        "PEM certificates that " + what + " trusts.",
                        read.andThen(tls -> tls.map(TlsSettings::caFile))),
                Key.optional(
                        section + ".certificate-file",
                        Types.READABLE_FILE,
                        "PEM certificate chain that " + what + " presents.",
                        read.andThen(tls -> tls.map(TlsSettings::certificateFile))),
                Key.optional(
                        section + ".key-file",
                        Types.PRIVATE_FILE,
                        "PEM private key of that certificate.",
                        read.andThen(tls -> tls.map(TlsSettings::keyFile))));
    }

    List<Key<?>> all() {
        return List.of(caFile, certificateFile, keyFile);
    }

    boolean anySet(Values values) {
        return all().stream().anyMatch(values::isSet);
    }

    boolean allSet(Values values) {
        return all().stream().allMatch(values::isSet);
    }

    Optional<TlsSettings> from(Values values) {
        if (!allSet(values)) {
            return Optional.empty();
        }
        return Optional.of(new TlsSettings(values.get(caFile), values.get(certificateFile), values.get(keyFile)));
    }
}
