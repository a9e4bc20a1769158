package io.pgmahout.agent.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** The decision table. */
@Command(description = "Print the decision table as Markdown.")
final class RulesCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final Supplier<String> rules;

    RulesCommand(Terminal terminal, Supplier<String> rules) {
        this.terminal = terminal;
        this.rules = rules;
    }

    @Override
    public Integer call() {
        terminal.out().println(rules.get().stripTrailing());
        return ExitCode.OK.code();
    }
}
