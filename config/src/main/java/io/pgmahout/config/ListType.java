package io.pgmahout.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A list of at most {@code limit} values: a YAML list in the file; elsewhere text with commas between the
 * items, where {@code \,} is a comma within one.
 */
record ListType<T>(ScalarType<T> element, int limit) implements Type<List<T>> {
    @Override
    public String allowed() {
        return "a list of at most " + limit + ", each " + element.allowed();
    }

    @Override
    public Parsed<List<T>> parse(Given given) {
        return switch (given) {
            case Given.Text text ->
                text.origin() instanceof Origin.File
                        ? Parsed.refused(given, "is one value where a list belongs")
                        : parse(items(text), given);
            case Given.Items list -> parse(list.items(), given);
            case Given.Table ignored -> Parsed.refused(given, "is a section where a list belongs");
        };
    }

    @Override
    public String render(List<T> value) {
        return value.stream()
                .map(element::render)
                .map(text -> text.replace("\\", "\\\\").replace(",", "\\,"))
                .collect(Collectors.joining(","));
    }

    private Parsed<List<T>> parse(List<Given.Text> items, Given whole) {
        if (items.size() > limit) {
            return Parsed.refused(whole, "has " + items.size() + " items");
        }
        var values = new ArrayList<T>();
        var faults = new ArrayList<Parsed.Fault>();
        for (Given.Text item : items) {
            switch (element.parse(item)) {
                case Parsed.Accepted<T> accepted -> values.add(accepted.value());
                case Parsed.Refused<T> refused -> faults.addAll(refused.faults());
            }
        }
        return faults.isEmpty() ? new Parsed.Accepted<>(List.copyOf(values)) : new Parsed.Refused<>(faults);
    }

    private static List<Given.Text> items(Given.Text text) {
        return split(text.text()).stream()
                .map(item -> new Given.Text(item, text.origin()))
                .toList();
    }

    static List<String> split(String text) {
        var items = new ArrayList<String>();
        var item = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0) {
                item.append(text.charAt(++i));
            } else if (c == ',') {
                items.add(item.toString().strip());
                item.setLength(0);
            } else {
                item.append(c);
            }
        }
        items.add(item.toString().strip());
        return text.isBlank() ? List.of() : items;
    }
}
