package io.pgmahout.agent;

import io.pgmahout.agent.cli.Hooks;
import io.pgmahout.agent.cli.Main;
import io.pgmahout.agent.cli.Terminal;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Verdict;
import java.util.Locale;
import java.util.Map;

/** The program {@code pgmahout} as it is installed: the command line and the daemon. */
public final class Program {

    private Program() {}

    public static void main(String[] arguments) {
        DaemonLine daemon = DaemonLine.parse(arguments);
        System.exit(daemon == null ? command(arguments) : AgentProcess.run(daemon));
    }

    private static int command(String... arguments) {
        Hooks hooks = new Hooks(Map.of("agent", new AgentCommand()), Program::rules);
        return Main.run(Terminal.system(), hooks, arguments);
    }

    /** The decision table as Markdown, in the order in which the rules are tried. */
    static String rules() {
        StringBuilder text = new StringBuilder("| question | rule | when |\n| --- | --- | --- |\n");
        for (Verdict rule : Core.rules()) {
            text.append("| %s | %s | %s |%n"
                    .formatted(
                            rule.question().name().toLowerCase(Locale.ROOT),
                            rule.label(),
                            rule.explanation().replace("|", "\\|")));
        }
        return text.toString();
    }
}
