package io.pgmahout.agent;

import io.pgmahout.agent.cli.Hooks;
import io.pgmahout.agent.cli.Main;
import io.pgmahout.agent.cli.Terminal;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Verdict;
import java.util.Map;
import java.util.stream.Collectors;

/** The program {@code pgmahout}: its command line with the daemon and the decision table behind it. */
public final class Program {

    private Program() {}

    public static void main(String[] arguments) {
        Hooks hooks = new Hooks(Map.of("agent", new AgentCommand()), Program::rules);
        System.exit(Main.run(Terminal.system(), hooks, arguments));
    }

    private static String rules() {
        return Core.rules().stream().map(Program::line).collect(Collectors.joining("\n"));
    }

    private static String line(Verdict rule) {
        return "%d  %-8s %-22s %s".formatted(rule.rule(), rule.question(), rule.name(), rule.explanation());
    }
}
