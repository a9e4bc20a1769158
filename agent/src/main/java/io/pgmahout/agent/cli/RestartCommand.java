package io.pgmahout.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restart a member's server in place. */
@Command(description = "Restart a member's server in place.")
final class RestartCommand extends ActCommand {

    @Parameters(paramLabel = "MEMBER", description = "The member.")
    @SuppressWarnings("NullAway.Init")
    private String member;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    RestartCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        try (AdminClient client = access().client()) {
            if (!yes) {
                terminal().confirm("Restart the server of " + member + "?");
            }
            return act(client, "/restart", body("member", member), false);
        }
    }
}
