package io.pgmahout.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Names that are no key: what they may have meant. */
final class Unknown {
    private Unknown() {}

    /** A name of the file or of the command line that is no key. */
    static Problem problem(String name, Given given) {
        Optional<Former> former = Former.of(name);
        if (former.isPresent()) {
            return new Problem(
                    given.origin(),
                    name,
                    Masked.value(name, given),
                    former.get().instead(),
                    "");
        }
        if (Keys.isSection(name)) {
            return new Problem(
                    given.origin(), name, Masked.value(name, given), "is a section, which has keys below it", "");
        }
        return new Problem(given.origin(), name, Masked.value(name, given), "is not a key" + meant(name, names()), "");
    }

    /** A variable that starts like ours but sets nothing. */
    static Problem variable(String variable, String text) {
        Origin origin = new Origin.Environment(variable);
        Optional<Former> former = Former.ofVariable(variable);
        boolean secret = former.map(Former::secret).orElse(OwnedParameters.mayHoldSecret(variable));
        String reason = former.map(Former::instead)
                .orElse("sets no key"
                        + meant(variable, Keys.ALL.stream().map(Key::variable).toList()));
        return new Problem(origin, variable, Optional.of(secret ? Secret.MASK : text), reason, "");
    }

    /** The nearest of the known names, if one is near: few letters differ, or the last part is the same. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        Optional<String> nearest = known.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= Math.max(2, name.length() / 5));
        return nearest.or(() -> known.stream()
                .filter(candidate -> candidate.endsWith("." + last))
                .findFirst());
    }

    private static Collection<String> names() {
        return Keys.ALL.stream().map(Key::name).toList();
    }

    private static String meant(String name, Collection<String> known) {
        return nearest(name, known)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** Levenshtein's distance: how many letters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
