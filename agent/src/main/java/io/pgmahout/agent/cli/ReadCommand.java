package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that asks an agent something and prints the answer. */
abstract class ReadCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private final AdminAccess access = new AdminAccess();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|yaml",
            defaultValue = "table",
            description = "Form of the answer (${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private OutputFormat output;

    ReadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    final Terminal terminal() {
        return terminal;
    }

    final AdminAccess access() {
        return access;
    }

    /** Asks. */
    abstract JsonElement ask(AdminClient client);

    abstract String table(JsonElement answer);

    /** What the answer means for a script. */
    ExitCode verdict(JsonElement answer) {
        return ExitCode.OK;
    }

    @Override
    public Integer call() {
        try (AdminClient client = access.client()) {
            return show(ask(client)).code();
        }
    }

    final ExitCode show(JsonElement answer) {
        terminal.out().println(output.text(answer, () -> table(answer)));
        return verdict(answer);
    }
}
