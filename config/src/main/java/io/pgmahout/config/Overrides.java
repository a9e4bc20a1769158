package io.pgmahout.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The layers above the file: environment and command line. */
final class Overrides {
    private static final String PREFIX = "PGMAHOUT_";

    private Overrides() {}

    static Layer environment(Map<String, String> environment, Interpolation interpolation) {
        var layer = new Layer();
        new TreeMap<>(environment).forEach((variable, text) -> {
            if (variable.startsWith(PREFIX) && !Keys.FOREIGN_VARIABLES.contains(variable)) {
                Optional<Key<?>> key = Keys.ofVariable(variable);
                if (key.isPresent()) {
                    add(layer, key.get().name(), new Given.Text(text, new Origin.Environment(variable)), interpolation);
                } else {
                    layer.problems.add(Unknown.variable(variable, text));
                }
            }
        });
        return layer;
    }

    static Layer commandLine(Map<String, String> commandLine, Interpolation interpolation) {
        var layer = new Layer();
        new TreeMap<>(commandLine)
                .forEach((name, text) ->
                        add(layer, name, new Given.Text(text, new Origin.CommandLine()), interpolation));
        return layer;
    }

    private static void add(Layer layer, String name, Given.Text given, Interpolation interpolation) {
        boolean table =
                Keys.named(name).filter(key -> key.type() instanceof TableType).isPresent();
        if (table) {
            addEntries(layer, name, given, ListType.split(given.text()), interpolation);
        } else {
            layer.add(name, given, interpolation);
        }
    }

    private static void addEntries(
            Layer layer, String table, Given.Text given, List<String> entries, Interpolation interpolation) {
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                // Not quoted: without its name nobody can tell whether it is a secret.
                var masked = new Given.Table(Map.of(), given.origin());
                layer.addBroken(
                        table, masked, "has an item that is not of the form NAME=value", "NAME=value,NAME=value");
            } else {
                String name = table + "." + entry.substring(0, equals).strip();
                String text = entry.substring(equals + 1).strip();
                layer.add(name, new Given.Text(text, given.origin()), interpolation);
            }
        }
    }
}
