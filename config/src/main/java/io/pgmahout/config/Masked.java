package io.pgmahout.config;

import java.util.Optional;
import java.util.stream.Collectors;

/** What of a given value may be shown in a problem. */
final class Masked {
    private Masked() {}

    /**
     * The value, or a mask where it may be a secret: content put where the path of a file belongs, a former
     * key that held one, a parameter or an unknown key whose name says so.
     */
    static Optional<String> value(String name, Given given) {
        return switch (given) {
            case Given.Text text -> Optional.of(isSecret(name, text.text()) ? Secret.MASK : text.text());
            case Given.Items list ->
                Optional.of(list.items().stream()
                        .map(item -> isSecret(name, item.text()) ? Secret.MASK : item.text())
                        .collect(Collectors.joining(", ", "[", "]")));
            case Given.Table ignored -> Optional.empty();
        };
    }

    private static boolean isSecret(String name, String text) {
        boolean named = Keys.named(name)
                .map(Key::secret)
                .orElseGet(() -> Former.of(name)
                        .map(Former::secret)
                        .filter(secret -> secret)
                        .orElseGet(() -> OwnedParameters.mayHoldSecret(name)));
        return named && !(Keys.named(name).isPresent() && text.startsWith("/"));
    }
}
