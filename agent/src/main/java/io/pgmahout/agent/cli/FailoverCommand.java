package io.pgmahout.agent.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An unplanned change of the primary. */
@Command(description = "Have a member lead although nobody hands over. Shows what would happen and asks first.")
final class FailoverCommand extends ActCommand {

    @Option(names = "--to", required = true, paramLabel = "MEMBER", description = "The member that shall lead.")
    @SuppressWarnings("NullAway.Init")
    private String to;

    @Option(
            names = "--allow-data-loss",
            description = "Also when another member has more, is out of reach, or the lag is beyond the limit.")
    private boolean allowDataLoss;

    @Option(
            names = "--holder-is-off",
            description = "Your word that the present primary is off and stays off; two primaries if it is not true.")
    private boolean holderIsOff;

    @Option(names = "--dry-run", description = "Only show what would happen.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    FailoverCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        JsonObject body = body("to", to);
        if (allowDataLoss) {
            body.addProperty("allowDataLoss", true);
        }
        if (holderIsOff) {
            body.addProperty("holderIsOff", true);
        }
        try (AdminClient client = access().client()) {
            if (dryRun || !yes) {
                int trial = Trial.of(terminal(), client, "/failover", body);
                if (dryRun || trial != ExitCode.OK.code()) {
                    return trial;
                }
                terminal()
                        .confirm(
                                allowDataLoss
                                        ? "Commits that " + to + " lacks will be lost. Fail over now?"
                                        : "Fail over now?");
            }
            return act(client, "/failover", body, true);
        }
    }
}
