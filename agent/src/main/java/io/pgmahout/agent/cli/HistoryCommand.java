package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import picocli.CommandLine.Command;

/** What has happened. */
@Command(description = "Show role changes and how each fail-over went, as one member saw them, oldest first.")
final class HistoryCommand extends ReadCommand {

    HistoryCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    JsonElement ask(AdminClient client) {
        return client.get("/history");
    }

    @Override
    String table(JsonElement answer) {
        return HistoryPage.text(answer.getAsJsonArray());
    }
}
