package io.pgmahout.config;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.configuration2.YAMLConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The leaves of a YAML document with their lines. Sections and dotted names mean the same. Every scalar is
 * quoted before commons-configuration reads it: YAML 1.1 would make 0700 the number 448, on a boolean and 12:30
 * a number. Aliases and tags are refused: a value must be readable where it stands.
 */
final class YamlOutline {
    private final Path path;
    private final Layer layer = new Layer();
    private final Map<String, Node> leaves = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<String> strange = new HashSet<>();

    YamlOutline(Path path) {
        this.path = path;
    }

    Layer layer(MappingNode root, Interpolation interpolation) {
        seen.add(root);
        walk("", root);
        Map<String, Given> known = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> given(name, leaf).ifPresent(given -> {
            if (!inStrangeSection(name)) {
                known.put(name, given);
            }
        }));
        read(known, interpolation).forEach((name, given) -> layer.add(name, given, interpolation));
        return layer;
    }

    private void walk(String section, MappingNode mapping) {
        for (NodeTuple tuple : mapping.getValue()) {
            Node value = tuple.getValueNode();
            int line = tuple.getKeyNode().getStartMark().getLine() + 1;
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                broken(section, line, "has a key that is not a plain name");
                continue;
            }
            String name = section.isEmpty() ? key.getValue() : section + "." + key.getValue();
            if (lines.containsKey(name)) {
                broken(name, line, "is here a second time; first in line " + lines.get(name));
            }
            boolean first = lines.putIfAbsent(name, line) == null;
            if (!seen.add(value)) {
                broken(name, line, "is a YAML alias; write the value itself");
            } else if (!value.getTag().startsWith(Tag.PREFIX)) {
                broken(name, line, "has a YAML tag; write the plain value");
            } else if (value instanceof MappingNode && isPlain(name)) {
                broken(name, line, "is a section where a value belongs");
            } else if (value instanceof MappingNode below) {
                walk(name, below);
            } else if (first) {
                leaves.put(name, value);
            }
        }
    }

    private static boolean isPlain(String name) {
        return Keys.named(name)
                .filter(key -> !(key.type() instanceof TableType))
                .isPresent();
    }

    private Optional<Given> given(String name, Node leaf) {
        if (leaf instanceof SequenceNode sequence) {
            var items = new ArrayList<Given.Text>();
            for (Node item : sequence.getValue()) {
                int line = item.getStartMark().getLine() + 1;
                if (!(item instanceof ScalarNode scalar)
                        || isNull(item)
                        || !item.getTag().startsWith(Tag.PREFIX)
                        || !seen.add(item)) {
                    broken(name, line, "has an item that is not a plain value");
                    return Optional.empty();
                }
                items.add(new Given.Text(scalar.getValue(), new Origin.File(path, line)));
            }
            return Optional.of(new Given.Items(items, origin(name)));
        }
        if (isNull(leaf)) {
            if (isPlain(name) || Keys.tableOf(name).isPresent()) {
                broken(name, lines.getOrDefault(name, 0), "has no value; give it one, or remove the line");
            }
            boolean section = Keys.isSection(name)
                    || Keys.named(name).isPresent()
                    || Keys.tableOf(name).isPresent();
            return section ? Optional.empty() : Optional.of(new Given.Table(Map.of(), origin(name)));
        }
        return Optional.of(new Given.Text(((ScalarNode) leaf).getValue(), origin(name)));
    }

    /** Reports a section that has no keys once, instead of everything below it. */
    private boolean inStrangeSection(String name) {
        if (Keys.named(name).isPresent()
                || Keys.tableOf(name).isPresent()
                || Former.of(name).isPresent()) {
            return false;
        }
        for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
            String section = name.substring(0, dot);
            if (!Keys.isSection(section) && lines.containsKey(section)) {
                if (strange.add(section)) {
                    layer.problems.add(Unknown.problem(section, new Given.Table(Map.of(), origin(section))));
                }
                return true;
            }
        }
        return false;
    }

    /** The values as commons-configuration reads them: numbered, so that no name is taken for an expression. */
    private static Map<String, Given> read(Map<String, Given> outline, Interpolation interpolation) {
        var configuration = new YAMLConfiguration();
        configuration.setInterpolator(interpolation.interpolator());
        var quoted = new ArrayList<NodeTuple>();
        for (Given given : outline.values()) {
            quoted.add(new NodeTuple(scalar("v" + quoted.size()), quoted(given)));
        }
        var text = new StringWriter();
        new Yaml().serialize(new MappingNode(Tag.MAP, quoted, FlowStyle.BLOCK), text);
        try {
            configuration.read(new StringReader(text.toString()));
        } catch (ConfigurationException failure) {
            throw new IllegalStateException("what was written is not YAML", failure);
        }
        var values = new LinkedHashMap<String, Given>();
        outline.forEach((name, given) -> values.put(name, value(configuration, "v" + values.size(), given)));
        return values;
    }

    /** The raw property as it was read; expansion comes later, alike for every source. */
    private static Given value(YAMLConfiguration configuration, String number, Given given) {
        Object property = configuration.getProperty(number);
        return switch (given) {
            case Given.Text text -> new Given.Text(String.valueOf(property), text.origin());
            case Given.Items outlined -> {
                List<Given.Text> items = outlined.items();
                // A list of one comes back as its item, an empty one as nothing.
                List<?> read =
                        property instanceof List<?> list ? list : items.isEmpty() ? List.of() : List.of(property);
                var texts = new ArrayList<Given.Text>();
                for (int i = 0; i < items.size(); i++) {
                    texts.add(new Given.Text(
                            String.valueOf(read.get(i)), items.get(i).origin()));
                }
                yield new Given.Items(texts, outlined.origin());
            }
            case Given.Table table -> table;
        };
    }

    private static Node quoted(Given given) {
        return switch (given) {
            case Given.Text text -> scalar(text.text());
            case Given.Items list ->
                new SequenceNode(
                        Tag.SEQ,
                        list.items().stream().map(item -> scalar(item.text())).toList(),
                        FlowStyle.FLOW);
            case Given.Table ignored -> scalar("");
        };
    }

    private static Node scalar(String text) {
        return new ScalarNode(Tag.STR, text, null, null, ScalarStyle.DOUBLE_QUOTED);
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private Origin origin(String name) {
        return new Origin.File(path, lines.getOrDefault(name, 0));
    }

    private void broken(String name, int line, String reason) {
        layer.addBroken(name, new Given.Table(Map.of(), new Origin.File(path, line)), reason, "");
    }
}
