package io.pgmahout.agent.cli;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A planned change of the primary. */
@Command(
        description = "Have the primary hand over, to the member given or to the best one. Shows what would happen and"
                + " asks first.")
final class SwitchoverCommand extends ActCommand {

    @Option(names = "--to", paramLabel = "MEMBER", description = "The member that shall lead.")
    private @Nullable String to;

    @Option(names = "--dry-run", description = "Only show what would happen.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    SwitchoverCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        JsonObject body = new JsonObject();
        if (to != null) {
            body.addProperty("to", to);
        }
        try (AdminClient client = access().client()) {
            if (dryRun || !yes) {
                int trial = Trial.of(terminal(), client, "/switchover", body);
                if (dryRun || trial != ExitCode.OK.code()) {
                    return trial;
                }
                terminal().confirm("Switch over now?");
            }
            return act(client, "/switchover", body, true);
        }
    }
}
