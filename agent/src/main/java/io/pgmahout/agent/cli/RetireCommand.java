package io.pgmahout.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** End a member's agent for a planned restart; its server goes on. */
@Command(description = "End a member's agent for a planned restart; its server goes on.")
final class RetireCommand extends ActCommand {

    @Parameters(paramLabel = "MEMBER", description = "The member.")
    @SuppressWarnings("NullAway.Init")
    private String member;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    RetireCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        try (AdminClient client = access().client()) {
            if (!yes) {
                terminal().confirm("End the agent of " + member + "?");
            }
            return actUntilGone(client, "/retire", body("member", member));
        }
    }
}
