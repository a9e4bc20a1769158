package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgmahout.config.Configuration;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Reference;
import io.pgmahout.config.Show;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The configuration, without or with an agent. */
@Command(description = "Check, show and explain the configuration.", synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }

    /** Checks a file, or shows what would be in effect with it. */
    @Command(name = "check", description = "Check a file with this environment: every problem at once, exit code 2.")
    Integer check(
            @Parameters(paramLabel = "FILE", description = "The configuration file.") Path file,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Override a key, as on the agent's line.")
                    @Nullable
                    Map<String, String> overrides) {
        Loaded.Valid valid = load(Optional.of(file), overrides);
        valid.warnings().forEach(warning -> terminal.out().println(terminal.yellow("warning: ") + warning.line()));
        terminal.out().println(terminal.green("The configuration is usable."));
        return ExitCode.OK.code();
    }

    @Command(
            name = "show",
            description = "Show each setting and where it comes from, secrets masked: a running agent's, or those of a"
                    + " file.")
    Integer show(
            @Mixin AdminAccess access,
            @Option(
                            names = "--file",
                            paramLabel = "FILE",
                            description = "Of this file and environment; no agent is asked.")
                    @Nullable
                    Path file) {
        TextTable table = new TextTable(List.of(), "KEY", "VALUE", "FROM");
        if (file != null) {
            for (Show.Row row : Show.rows(load(Optional.of(file), null))) {
                table.row(row.key(), row.value(), row.origin().toString());
            }
        } else {
            try (AdminClient client = access.client()) {
                for (JsonElement element : client.get("/config").getAsJsonArray()) {
                    JsonObject row = element.getAsJsonObject();
                    table.row(Facts.text(row, "key"), Facts.text(row, "value"), Facts.text(row, "origin"));
                }
            }
        }
        terminal.out().println(table);
        return ExitCode.OK.code();
    }

    @Command(name = "reference", description = "Print every key with type, range and default as Markdown.")
    Integer reference() {
        terminal.out().print(Reference.markdown());
        return ExitCode.OK.code();
    }

    private Loaded.Valid load(Optional<Path> file, @Nullable Map<String, String> overrides) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.keySet().removeAll(AdminAccess.VARIABLES);
        Optional<Path> absolute = file.map(Path::toAbsolutePath);
        return switch (Configuration.load(absolute, environment, overrides == null ? Map.of() : overrides)) {
            case Loaded.Valid valid -> valid;
            case Loaded.Invalid invalid -> {
                invalid.problems().forEach(problem -> terminal.err().println(problem.line()));
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        invalid.problems().size() == 1
                                ? "One problem."
                                : invalid.problems().size() + " problems.");
            }
        };
    }
}
