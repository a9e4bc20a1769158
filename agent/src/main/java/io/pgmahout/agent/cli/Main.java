package io.pgmahout.agent.cli;

import io.pgmahout.agent.observe.Logging;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The program {@code pgmahout}. */
public final class Main {

    static final String NAME = "pgmahout";

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(Terminal.system(), Hooks.NONE, arguments));
    }

    /** Runs one command to its end and returns the exit code. */
    public static int run(Terminal terminal, Hooks hooks, String... arguments) {
        return commandLine(terminal, hooks).execute(arguments);
    }

    static CommandLine commandLine(Terminal terminal, Hooks hooks) {
        CommandLine line = new CommandLine(new Pgmahout())
                .addSubcommand("status", new StatusCommand(terminal))
                .addSubcommand("members", new MembersCommand(terminal))
                .addSubcommand("history", new HistoryCommand(terminal))
                .addSubcommand("explain", new ExplainCommand(terminal))
                .addSubcommand("switchover", new SwitchoverCommand(terminal))
                .addSubcommand("failover", new FailoverCommand(terminal))
                .addSubcommand("pause", new PauseCommand(terminal))
                .addSubcommand("resume", new ResumeCommand(terminal))
                .addSubcommand("restart", new RestartCommand(terminal))
                .addSubcommand("reinit", new ReinitCommand(terminal))
                .addSubcommand("retire", new RetireCommand(terminal))
                .addSubcommand("reload", new ReloadCommand(terminal))
                .addSubcommand("config", new ConfigCommand(terminal))
                .addSubcommand("certs", new CertsCommand(terminal))
                .addSubcommand("events", new EventsCommand(terminal))
                .addSubcommand("rules", new RulesCommand(terminal, hooks.rules()))
                .addSubcommand("version", new VersionCommand(terminal));
        new TreeMap<>(hooks.commands()).forEach(line::addSubcommand);
        line.addSubcommand("completion", new CompletionCommand(terminal));
        return line.setCommandName(NAME)
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setExecutionStrategy(parsed -> {
                    quiet(parsed, hooks);
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof CommandFailedException failed)) {
                        throw failure;
                    }
                    if (!failed.text().isEmpty()) {
                        terminal.err().println(terminal.red(NAME + ": ") + failed.text());
                    }
                    return failed.code().code();
                });
    }

    /** A client's output is its answer alone; what a daemon logs is wanted. */
    private static void quiet(CommandLine.ParseResult parsed, Hooks hooks) {
        CommandLine.ParseResult sub = parsed.subcommand();
        if (sub != null && !hooks.commands().containsKey(sub.commandSpec().name())) {
            Logging.silence();
        }
    }
}
