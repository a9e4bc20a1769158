package io.pgmahout.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Names and texts: a section in the file; {@code KEY.NAME} on the command line; in the environment
 * {@code NAME=value} items like those of a list. Sources are merged name by name. {@code refusal} says
 * what is wrong with an entry, if anything.
 */
record TableType(String allowed, BiFunction<String, String, Optional<String>> refusal)
        implements Type<Map<String, String>> {
    @Override
    public Parsed<Map<String, String>> parse(Given given) {
        return switch (given) {
            case Given.Table table -> parse(table.entries());
            case Given.Text ignored -> Parsed.refused(given, "is one value where a section belongs");
            case Given.Items ignored -> Parsed.refused(given, "is a list where a section belongs");
        };
    }

    @Override
    public String render(Map<String, String> value) {
        return value.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .map(text -> text.replace("\\", "\\\\").replace(",", "\\,"))
                .collect(Collectors.joining(","));
    }

    private Parsed<Map<String, String>> parse(Map<String, Given> entries) {
        var values = new TreeMap<String, String>();
        var faults = new ArrayList<Parsed.Fault>();
        entries.forEach((name, given) -> {
            if (given instanceof Given.Text value) {
                String text = value.text();
                refusal.apply(name, text)
                        .ifPresentOrElse(
                                reason -> faults.add(new Parsed.Fault(name, given, reason)),
                                () -> values.put(name, text));
            } else {
                faults.add(new Parsed.Fault(name, given, "is a list where one value belongs"));
            }
        });
        return faults.isEmpty() ? new Parsed.Accepted<>(values) : new Parsed.Refused<>(List.copyOf(faults));
    }
}
