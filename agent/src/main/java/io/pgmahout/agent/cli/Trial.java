package io.pgmahout.agent.cli;

import com.google.gson.JsonObject;

/** Asks what a command would do. */
final class Trial {

    private Trial() {}

    /** Prints what would happen; the exit code that it would end with. */
    static int of(Terminal terminal, AdminClient client, String path, JsonObject body) {
        JsonObject question = body.deepCopy();
        question.addProperty("dryRun", true);
        JsonObject answer = client.post(path, question).getAsJsonObject();
        String state = Facts.text(answer, "state");
        terminal.out().println((state.equals("done") ? "Would happen: " : state + ": ") + Facts.text(answer, "text"));
        return switch (state) {
            case "done" -> ExitCode.OK.code();
            case "refused" -> ExitCode.REFUSED.code();
            case "failed" -> ExitCode.FAILED.code();
            default -> ExitCode.UNKNOWN.code();
        };
    }
}
