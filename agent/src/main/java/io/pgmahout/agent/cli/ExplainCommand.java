package io.pgmahout.agent.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Why things are as they are. */
@Command(
        description = "Show, for every member or for one, the rules that fire now and their inputs, and why it is not"
                + " promoted.")
final class ExplainCommand extends ReadCommand {

    @Parameters(arity = "0..1", paramLabel = "MEMBER", description = "Only this member.")
    private @Nullable String member;

    ExplainCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    JsonElement ask(AdminClient client) {
        JsonArray all = new JsonArray();
        if (member != null) {
            all.add(client.get(path(member)));
            return all;
        }
        JsonObject first = client.get("/explain").getAsJsonObject();
        for (JsonElement element : Facts.list(first, "members")) {
            String name = Facts.text(element.getAsJsonObject(), "member");
            all.add(name.equals(Facts.text(first, "member")) ? first : other(client, element.getAsJsonObject()));
        }
        return all;
    }

    /** What the member says itself or, when it cannot be asked, what the agent that was asked knows of it. */
    private static JsonObject other(AdminClient client, JsonObject known) {
        try {
            return client.get(path(Facts.text(known, "member"))).getAsJsonObject();
        } catch (CommandFailedException e) {
            JsonObject silent = new JsonObject();
            silent.add("member", known.get("member"));
            silent.addProperty("problem", e.text());
            silent.add("lastRule", known.get("rule"));
            JsonArray members = new JsonArray();
            members.add(known);
            silent.add("members", members);
            return silent;
        }
    }

    private static String path(String name) {
        return "/explain?member=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    @Override
    String table(JsonElement answer) {
        StringBuilder text = new StringBuilder();
        for (JsonElement element : answer.getAsJsonArray()) {
            one(text, element.getAsJsonObject());
        }
        return text.toString().stripTrailing();
    }

    private void one(StringBuilder text, JsonObject explained) {
        String name = Facts.text(explained, "member");
        text.append(terminal().bold(name)).append('\n');
        if (explained.has("problem")) {
            text.append("  ").append(Facts.text(explained, "problem")).append('\n');
            text.append("  last known rule: ")
                    .append(Facts.text(explained, "lastRule"))
                    .append('\n');
        }
        for (JsonElement element : Facts.list(explained, "verdicts")) {
            JsonObject verdict = element.getAsJsonObject();
            text.append("  %s: rule %s %s%n      %s%n"
                    .formatted(
                            Facts.text(verdict, "question"),
                            Facts.text(verdict, "rule"),
                            Facts.text(verdict, "name"),
                            Facts.text(verdict, "explanation")));
            for (Map.Entry<String, JsonElement> input :
                    Facts.object(verdict, "inputs").entrySet()) {
                text.append("      %s = %s%n"
                        .formatted(input.getKey(), Facts.text(Facts.object(verdict, "inputs"), input.getKey())));
            }
        }
        for (JsonElement element : Facts.list(explained, "members")) {
            JsonObject other = element.getAsJsonObject();
            if (Facts.text(other, "member").equals(name) && Facts.has(other, "notPromoted")) {
                text.append("  not promoted: ")
                        .append(Facts.text(other, "notPromoted"))
                        .append('\n');
            }
        }
    }
}
