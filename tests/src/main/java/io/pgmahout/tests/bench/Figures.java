package io.pgmahout.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured under one name, in one unit. Built by one thread. */
final class Figures {

    private final String name;
    private final String unit;
    private final List<Double> values = new ArrayList<>();

    Figures(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    void add(double value) {
        values.add(value);
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static String head() {
        return "| what | unit | min | median | max | runs |\n| --- | --- | ---: | ---: | ---: | ---: |";
    }

    /** A row of a Markdown table. */
    String row() {
        if (values.isEmpty()) {
            return "| %s | %s | - | - | - | 0 |".formatted(name, unit);
        }
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.3f | %.3f | %.3f | %d |",
                name,
                unit,
                values.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                median(),
                values.stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
                values.size());
    }
}
