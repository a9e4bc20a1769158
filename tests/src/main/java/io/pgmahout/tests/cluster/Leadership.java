package io.pgmahout.tests.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/**
 * Who leads and how it came to: the last take-over that this member's log tells of, and the rule that fires at it now.
 *
 * @param how the write of the record that made it the holder, such as {@code take over: quorum}
 * @param rule the rule for its server now, by {@code GET /explain}
 */
public record Leadership(String member, String term, String timeline, String how, String rule) {

    public static Leadership of(LocalMember member) {
        JsonObject taken = member.agentLog()
                .lines()
                .filter(line -> line.contains("\"TERM_TAKEN\""))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .reduce(new JsonObject(), (first, later) -> later);
        JsonObject record = member.admin()
                .status()
                .map(status -> status.get("record"))
                .filter(JsonElement::isJsonObject)
                .map(JsonElement::getAsJsonObject)
                .orElseThrow(() -> new ClusterException(member + " knows no record"));
        return new Leadership(
                member.name(),
                LocalCluster.text(record, "term"),
                LocalCluster.text(record, "timeline"),
                LocalCluster.text(taken, "write"),
                rule(member));
    }

    private static String rule(LocalMember member) {
        AdminPort.Reply reply = member.admin().get("/explain");
        if (reply.body() instanceof JsonObject explained) {
            for (JsonElement element : explained.getAsJsonArray("verdicts")) {
                JsonObject verdict = element.getAsJsonObject();
                if (LocalCluster.text(verdict, "question").equals("server")) {
                    return LocalCluster.text(verdict, "rule") + " " + LocalCluster.text(verdict, "name");
                }
            }
        }
        return "unknown";
    }

    /** The rule of the safety protocol by which it took over. */
    public String protocolRule() {
        return switch (how) {
            case "take over: named" -> "R, the old primary named it as its successor";
            case "take over: quorum" -> "Q, enough members promised not to follow the old primary";
            case "take over: released" -> "R, the old primary had released its role";
            case "take over: timed out" -> "T, the old primary's store lease ran out";
            case "take over: own former life" -> "L, it led before and went on";
            case "form" -> "it formed the cluster";
            case "" -> "its log does not say";
            default -> how;
        };
    }

    @Override
    public String toString() {
        return "%s leads in term %s on timeline %s, by rule %s; rule %s fires there now"
                .formatted(member, term, timeline, protocolRule(), rule);
    }
}
