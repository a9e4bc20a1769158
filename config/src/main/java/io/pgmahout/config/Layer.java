package io.pgmahout.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one source gives, by key, expanded, before types are applied. Entries of a table have names of their
 * own. {@code broken} names what was given but is not usable, which is a problem already and not also missing. When it is {@code unreadable}, nobody knows what it holds.
 */
final class Layer {
    final Map<String, Given> values = new LinkedHashMap<>();
    final Set<String> broken = new HashSet<>();
    final List<Problem> problems = new ArrayList<>();
    boolean unreadable;

    /** Files a name under its key or table, or as a problem when it is neither. */
    void add(String name, Given given, Interpolation interpolation) {
        Optional<Key<?>> table = Keys.tableOf(name);
        if (Keys.named(name).isEmpty() && table.isEmpty()) {
            problems.add(Unknown.problem(name, given));
            return;
        }
        Optional<String> fault = texts(given).stream()
                .flatMap(text -> interpolation.fault(text.text()).stream())
                .findFirst();
        if (fault.isPresent()) {
            addBroken(name, given, fault.get(), Interpolation.ALLOWED);
        } else {
            values.put(name, expanded(given, interpolation));
        }
    }

    void addBroken(String name, Given given, String reason, String allowed) {
        broken.add(name);
        problems.add(new Problem(given.origin(), name, Masked.value(name, given), reason, allowed));
    }

    private static List<Given.Text> texts(Given given) {
        return switch (given) {
            case Given.Text text -> List.of(text);
            case Given.Items list -> list.items();
            case Given.Table ignored -> List.of();
        };
    }

    private static Given expanded(Given given, Interpolation interpolation) {
        return switch (given) {
            case Given.Text text -> expanded(text, interpolation);
            case Given.Items list ->
                new Given.Items(
                        list.items().stream()
                                .map(item -> expanded(item, interpolation))
                                .toList(),
                        list.origin());
            case Given.Table table -> table;
        };
    }

    private static Given.Text expanded(Given.Text text, Interpolation interpolation) {
        return new Given.Text(interpolation.expand(text.text()), text.origin());
    }
}
