package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

/** The members and where they are. */
@Command(description = "Show the members: addresses, votes, priorities.")
final class MembersCommand extends ReadCommand {

    MembersCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    JsonElement ask(AdminClient client) {
        return client.get("/members");
    }

    @Override
    String table(JsonElement answer) {
        TextTable table = new TextTable(
                List.of(4), "MEMBER", "REACHABLE", "VOTES", "ROLE", "PRIORITY", "POSTGRES", "ADMIN", "FOLLOWS");
        for (JsonElement element : answer.getAsJsonArray()) {
            JsonObject member = element.getAsJsonObject();
            table.row(
                    Facts.text(member, "member"),
                    Facts.flag(member, "reachable") ? "yes" : "no",
                    Facts.flag(member, "votes") ? "yes" : "no",
                    Facts.text(member, "role"),
                    Facts.flag(member, "nofailover") ? "never" : Facts.text(member, "priority"),
                    Facts.text(member, "address"),
                    Facts.text(member, "adminAddress"),
                    Facts.text(member, "following"));
        }
        return table.toString();
    }
}
