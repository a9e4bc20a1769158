package io.pgmahout.agent.ha;

import java.util.ArrayList;
import java.util.List;

/**
 * A story in a file: a title, then blocks. A block is comments ({@code #}) and commands, a line {@code ----}, and what
 * the commands led to, up to an empty line.
 *
 * @param title the lines above the first empty line: which sentence of the design, which attack, which rules
 */
record Transcript(String title, List<Block> blocks) {

    private static final String BAR = "----";

    Transcript {
        blocks = List.copyOf(blocks);
    }

    /**
     * Some commands and what they led to.
     *
     * @param head comments and commands as they stand in the file
     */
    record Block(List<String> head, List<String> expected) {
        Block {
            head = List.copyOf(head);
            expected = List.copyOf(expected);
        }

        List<String> commands() {
            return head.stream().filter(line -> !line.startsWith("#")).toList();
        }
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a block has no bar
     */
    static Transcript parse(String text) {
        List<List<String>> paragraphs = new ArrayList<>();
        List<String> open = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (!line.isBlank()) {
                open.add(line.stripTrailing());
            } else if (!open.isEmpty()) {
                paragraphs.add(open);
                open = new ArrayList<>();
            }
        }
        if (!open.isEmpty()) {
            paragraphs.add(open);
        }
        List<Block> blocks = paragraphs.stream().skip(1).map(Transcript::block).toList();
        return new Transcript(String.join("\n", paragraphs.getFirst()), blocks);
    }

    private static Block block(List<String> lines) {
        int bar = lines.indexOf(BAR);
        if (bar < 1) {
            throw new IllegalArgumentException("commands, " + BAR + ", results expected: " + lines);
        }
        return new Block(lines.subList(0, bar), lines.subList(bar + 1, lines.size()));
    }

    String text() {
        StringBuilder text = new StringBuilder(title).append('\n');
        for (Block block : blocks) {
            text.append('\n');
            block.head().forEach(line -> text.append(line).append('\n'));
            text.append(BAR).append('\n');
            block.expected().forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    /** The story as it goes now: the same commands, what they lead to in this code. */
    Transcript played() {
        Script script = new Script(new Story());
        return new Transcript(
                title,
                blocks.stream()
                        .map(block -> new Block(block.head(), script.play(block.commands())))
                        .toList());
    }
}
