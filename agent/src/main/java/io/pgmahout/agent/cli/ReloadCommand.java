package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Reads a member's configuration again. */
@Command(description = "Read a member's configuration again and apply what can be.")
final class ReloadCommand extends ActCommand {

    @Parameters(arity = "0..1", paramLabel = "MEMBER", description = "The member; the one that is asked if left out.")
    private @Nullable String member;

    ReloadCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        try (AdminClient client = access().client()) {
            JsonObject answer = client.post("/reload", member == null ? new JsonObject() : body("member", member))
                    .getAsJsonObject();
            terminal().out().println("In effect: " + keys(answer, "applied") + ".");
            terminal().out().println("Waiting for a restart of the agent: " + keys(answer, "waiting") + ".");
            return ExitCode.OK.code();
        }
    }

    private static String keys(JsonObject answer, String name) {
        List<String> keys = new ArrayList<>();
        for (JsonElement key : Facts.list(answer, name)) {
            keys.add(key.getAsString());
        }
        return keys.isEmpty() ? "nothing" : String.join(", ", keys);
    }
}
