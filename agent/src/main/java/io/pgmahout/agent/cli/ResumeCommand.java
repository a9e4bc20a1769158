package io.pgmahout.agent.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;

/** Automatic actions go on. */
@Command(description = "Automatic actions go on.")
final class ResumeCommand extends ActCommand {

    ResumeCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        try (AdminClient client = access().client()) {
            return act(client, "/resume", new JsonObject(), false);
        }
    }
}
