package io.pgmahout.agent.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that changes something. */
abstract class ActCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private final AdminAccess access = new AdminAccess();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "How long to follow it (${DEFAULT-VALUE}); it goes on without.")
    private long waitSeconds;

    ActCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    final Terminal terminal() {
        return terminal;
    }

    final AdminAccess access() {
        return access;
    }

    /** Sends the command, follows it to its end, prints both. */
    final int act(AdminClient client, String path, JsonObject body, boolean outage) {
        JsonObject action = client.post(path, body).getAsJsonObject();
        if (Facts.text(action, "state").equals("running")) {
            terminal.out().println("Begun as " + Facts.text(action, "id") + ".");
        }
        return new Following(terminal, client, waitSeconds)
                .toEnd(action, outage)
                .code();
    }

    /** As {@link #act}, of an action that ends the agent which could tell of it: that it is gone is the end. */
    final int actUntilGone(AdminClient client, String path, JsonObject body) {
        JsonObject action = client.post(path, body).getAsJsonObject();
        if (Facts.text(action, "state").equals("running")) {
            terminal.out().println("Begun as " + Facts.text(action, "id") + ".");
        }
        return new Following(terminal, client, waitSeconds).toEndOrGone(action).code();
    }

    static JsonObject body(String name, String value) {
        JsonObject body = new JsonObject();
        body.addProperty(name, value);
        return body;
    }
}
