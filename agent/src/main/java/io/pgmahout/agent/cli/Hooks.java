package io.pgmahout.agent.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * What the rest of the program adds to the command line.
 *
 * @param commands further subcommands by name ({@code agent}, {@code demo} …): objects that picocli understands,
 *     which return the exit code
 * @param rules the decision table, for {@code pgmahout rules}
 */
public record Hooks(Map<String, Callable<Integer>> commands, Supplier<String> rules) {

    public static final Hooks NONE = new Hooks(Map.of(), () -> "");

    public Hooks {
        commands = Map.copyOf(commands);
    }
}
