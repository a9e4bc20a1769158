package io.pgmahout.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Clone a standby's data directory again. */
@Command(description = "Clone a standby's data directory again.")
final class ReinitCommand extends ActCommand {

    @Parameters(paramLabel = "MEMBER", description = "The member.")
    @SuppressWarnings("NullAway.Init")
    private String member;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    ReinitCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        try (AdminClient client = access().client()) {
            if (!yes) {
                terminal().confirm("Clone again, discarding the data of " + member + "?");
            }
            return act(client, "/reinit", body("member", member), false);
        }
    }
}
