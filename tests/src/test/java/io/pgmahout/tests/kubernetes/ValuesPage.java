package io.pgmahout.tests.kubernetes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chart's README: what {@code values.yaml} says, as a table. A comment stands for the key below it, that of a section in
 * the row of the section itself.
 */
final class ValuesPage {

    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z0-9]+):(?: (.*))?");

    private static final String HEAD = """
            # Chart pgmahout

            PostgreSQL with one writable primary at any time, and another one within about a second when it is lost. Helm 3.14 or 4,
            Kubernetes 1.29 or newer.

                helm install pg helm/pgmahout
                kubectl get pods -L pgmahout.io/role
                helm test pg

            This page is made from values.yaml (a test says how); [docs/kubernetes.md](../../docs/kubernetes.md) tells how it works and
            what to do when.

            | value | default | what it is |
            | --- | --- | --- |
            """;

    private ValuesPage() {}

    private record Section(int indent, String path) {}

    static String of(List<String> values) {
        StringBuilder page = new StringBuilder(HEAD);
        Deque<Section> sections = new ArrayDeque<>();
        List<String> comment = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            String line = values.get(i);
            Matcher key = KEY.matcher(line);
            if (line.isBlank()) {
                comment.clear();
            } else if (line.strip().startsWith("#")) {
                comment.add(line.strip().substring(1).strip());
            } else if (key.matches()) {
                int indent = key.group(1).length();
                while (!sections.isEmpty() && sections.peek().indent() >= indent) {
                    sections.pop();
                }
                String path = (sections.isEmpty() ? "" : sections.peek().path() + ".") + key.group(2);
                List<String> items = items(values, i + 1, indent);
                boolean section = key.group(3) == null && items.isEmpty();
                if (section) {
                    sections.push(new Section(indent, path));
                }
                if (!section || !comment.isEmpty()) {
                    page.append(row(path, section ? "" : value(key.group(3), items), String.join(" ", comment)));
                }
                comment.clear();
                while (!items.isEmpty()
                        && i + 1 < values.size()
                        && values.get(i + 1).startsWith(" ".repeat(indent + 2))) {
                    i++;
                }
            }
        }
        return page.toString();
    }

    /** The items of a list that begins on this line, if one does. */
    private static List<String> items(List<String> values, int from, int indent) {
        List<String> items = new ArrayList<>();
        String item = " ".repeat(indent + 2) + "- ";
        String more = " ".repeat(indent + 4);
        for (String line : values.subList(from, values.size())) {
            if (line.startsWith(item)) {
                items.add(line.substring(item.length()));
            } else if (!items.isEmpty() && line.startsWith(more)) {
                items.add(items.removeLast() + ", " + line.strip());
            } else {
                break;
            }
        }
        return items;
    }

    private static String value(String inline, List<String> items) {
        return "`" + (items.isEmpty() ? inline : String.join("`, `", items)) + "`";
    }

    private static String row(String path, String value, String comment) {
        return "| `%s` | %s | %s |\n".formatted(path, value.replace("|", "\\|"), comment.replace("|", "\\|"));
    }
}
