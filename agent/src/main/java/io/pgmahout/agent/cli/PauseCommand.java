package io.pgmahout.agent.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;

/** No automatic failover, start or rebuild from now on; the write permit goes on. */
@Command(description = "No automatic failover, start or rebuild from now on; the write permit goes on.")
final class PauseCommand extends ActCommand {

    PauseCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        try (AdminClient client = access().client()) {
            return act(client, "/pause", new JsonObject(), false);
        }
    }
}
