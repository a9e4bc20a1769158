package io.pgmahout.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Columns as wide as their widest cell. Escape sequences take no room; columns of numbers end alike. */
final class TextTable {

    private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;]*m");

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Integer> rightAligned;

    TextTable(List<Integer> rightAligned, String... header) {
        this.rightAligned = List.copyOf(rightAligned);
        rows.add(List.of(header));
    }

    /** As many cells as the header has. */
    void row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells");
        }
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String padding = " ".repeat(width(column) - shown(cell).length());
                line.append(rightAligned.contains(column) ? padding + cell : cell + padding)
                        .append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream()
                .mapToInt(row -> shown(row.get(column)).length())
                .max()
                .orElse(0);
    }

    private static String shown(String cell) {
        return ESCAPES.matcher(cell).replaceAll("");
    }
}
