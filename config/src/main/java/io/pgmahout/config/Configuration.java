package io.pgmahout.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Loads the settings: defaults, then the file, then the environment, then the command line. */
public final class Configuration {
    static final List<Relation> RELATIONS = Stream.of(
                    TimingRelations.ALL,
                    AddressRelations.ALL,
                    PlaceRelations.ALL,
                    RoleRelations.ALL,
                    RoutingKeys.RELATIONS,
                    RollingUpdateKeys.RELATIONS)
            .flatMap(List::stream)
            .toList();

    private final Optional<Path> file;
    private final List<Layer> layers;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Values values = new Values();

    private Configuration(Optional<Path> file, List<Layer> layers) {
        this.file = file;
        this.layers = layers;
        layers.forEach(layer -> problems.addAll(layer.problems));
    }

    /**
     * Reads the file, if there is one, and every file with a secret, blocking. All problems are collected; nothing
     * is thrown for what an operator can cause.
     *
     * @param environment variables; those that do not start with PGMAHOUT_ count only where a value asks for them
     * @param commandLine overrides by key, lists with commas; {@code postgres.parameters.NAME} sets one parameter
     */
    public static Loaded load(Optional<Path> file, Map<String, String> environment, Map<String, String> commandLine) {
        var interpolation = new Interpolation(environment);
        var layers = new ArrayList<Layer>();
        file.ifPresent(path -> layers.add(YamlFile.read(path, interpolation)));
        layers.add(Overrides.environment(environment, interpolation));
        layers.add(Overrides.commandLine(commandLine, interpolation));
        return new Configuration(file, List.copyOf(layers)).load();
    }

    private Loaded load() {
        // Of a file that cannot be taken apart nobody knows what it leaves out.
        if (layers.stream().noneMatch(layer -> layer.unreadable)) {
            Keys.ALL.forEach(this::parse);
            RELATIONS.forEach(this::check);
        }
        if (!problems.isEmpty()) {
            return new Loaded.Invalid(problems.stream().sorted(byPlace()).toList());
        }
        return new Loaded.Valid(Keys.settings(values), origins(), warnings);
    }

    private <T> void parse(Key<T> key) {
        if (layers.stream().anyMatch(layer -> layer.broken.stream().anyMatch(name -> concerns(key, name)))) {
            values.refuse(key);
            return;
        }
        Optional<Given> found = given(key);
        if (found.isEmpty()) {
            if (key.required()) {
                values.refuse(key);
                problems.add(new Problem(
                        place(new Origin.Default()),
                        key.name(),
                        Optional.empty(),
                        "is required, but nothing sets it",
                        key.type().allowed()));
            }
            return;
        }
        switch (key.type().parse(found.get())) {
            case Parsed.Accepted<T> accepted -> values.accept(key, accepted.value(), found.get());
            case Parsed.Refused<T> refused -> {
                values.refuse(key);
                refused.faults().forEach(fault -> problems.add(problem(key, fault)));
            }
        }
    }

    private static boolean concerns(Key<?> key, String name) {
        return name.equals(key.name()) || (key.type() instanceof TableType && name.startsWith(key.name() + "."));
    }

    /** What the highest layer gives; for a table the entries of all layers, each from the highest that has it. */
    private Optional<Given> given(Key<?> key) {
        Optional<Given> whole = layers.reversed().stream()
                .flatMap(layer -> Optional.ofNullable(layer.values.get(key.name())).stream())
                .findFirst();
        if (whole.isPresent() || !(key.type() instanceof TableType)) {
            return whole.or(() -> key.standard().map(text -> new Given.Text(text, new Origin.Default())));
        }
        var entries = new LinkedHashMap<String, Given>();
        String prefix = key.name() + ".";
        for (Layer layer : layers) {
            layer.values.forEach((name, given) -> {
                if (name.startsWith(prefix)) {
                    entries.put(name.substring(prefix.length()).toLowerCase(Locale.ROOT), given);
                }
            });
        }
        Origin origin = entries.values().stream().map(Given::origin).findFirst().orElse(new Origin.Default());
        return Optional.of(new Given.Table(entries, origin));
    }

    private static Problem problem(Key<?> key, Parsed.Fault fault) {
        String name = fault.name().isEmpty() ? key.name() : key.name() + "." + fault.name();
        String allowed = fault.name().isEmpty() ? key.type().allowed() : "";
        return new Problem(fault.part().origin(), name, Masked.value(name, fault.part()), fault.reason(), allowed);
    }

    private void check(Relation relation) {
        Optional<String> violation;
        try {
            violation = relation.violation().apply(values);
        } catch (Values.Refused ignored) {
            return;
        }
        violation.ifPresent(reason -> {
            Key<?> subject = relation.subject(values);
            var problem = new Problem(
                    place(values.origin(subject)),
                    subject.name(),
                    values.given(subject).flatMap(given -> Masked.value(subject.name(), given)),
                    reason,
                    relation.rule());
            (relation.warning() ? warnings : problems).add(problem);
        });
    }

    /** A value that nobody gave is blamed on the file as a whole, where it would be given. */
    private Origin place(Origin origin) {
        return origin instanceof Origin.Default
                ? file.<Origin>map(path -> new Origin.File(path, 0)).orElse(origin)
                : origin;
    }

    private Map<String, Origin> origins() {
        var origins = new LinkedHashMap<String, Origin>();
        for (Key<?> key : Keys.ALL) {
            origins.put(key.name(), values.origin(key));
            if (values.given(key).orElse(null) instanceof Given.Table table) {
                table.entries().forEach((name, given) -> origins.put(key.name() + "." + name, given.origin()));
            }
        }
        return origins;
    }

    private static Comparator<Problem> byPlace() {
        return Comparator.comparingInt(problem -> switch (problem.origin()) {
            case Origin.File line -> line.line();
            case Origin.Environment ignored -> Integer.MAX_VALUE - 2;
            case Origin.CommandLine ignored -> Integer.MAX_VALUE - 1;
            case Origin.Default ignored -> Integer.MAX_VALUE;
        });
    }
}
