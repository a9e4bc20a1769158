package io.pgmahout.agent.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.Insight;
import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.Verdict;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.observe.HistoryEntry;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Insights as JSON. What is not known is null. */
final class Views {

    private final LagClock lag;

    Views(LagClock lag) {
        this.lag = lag;
    }

    JsonObject status(Standing standing, long nowMs, List<HistoryEntry> history) {
        Insight insight = standing.insight();
        ClusterRecord record = standing.record();
        MemberReport primary = standing.writable();
        List<String> problems = standing.problems();
        JsonObject json = new JsonObject();
        json.addProperty("cluster", insight.self().cluster());
        json.addProperty("answeredBy", standing.self().value());
        json.addProperty("healthy", problems.isEmpty());
        json.add("problems", texts(problems));
        json.addProperty("primary", primary == null ? null : primary.name().value());
        json.add("record", record == null ? JsonNull.INSTANCE : record(record));
        json.addProperty("recordAgeMs", insight.recordAgeMs() < 0 ? null : insight.recordAgeMs() + standing.ageMs());
        json.addProperty("permitMs", Math.max(0, insight.permitMs() - standing.ageMs()));
        json.addProperty("peerLeaseMs", insight.peerLeaseMs());
        json.addProperty(
                "action",
                insight.action() == null
                        ? null
                        : insight.action().getClass().getSimpleName().toLowerCase(Locale.ROOT));
        json.add(
                "lastEvent",
                history.isEmpty() ? JsonNull.INSTANCE : history.getLast().toJson());
        json.add("members", members(standing, nowMs));
        return json;
    }

    JsonArray members(Standing standing, long nowMs) {
        JsonArray members = new JsonArray();
        for (MemberName name : standing.names()) {
            members.add(member(standing, nowMs, name));
        }
        return members;
    }

    private JsonObject member(Standing standing, long nowMs, MemberName name) {
        ClusterRecord record = standing.record();
        MemberReport report = standing.insight().members().get(name);
        JsonObject json = new JsonObject();
        json.addProperty("member", name.value());
        json.addProperty("reachable", standing.reachable(name));
        json.addProperty("votes", record != null && record.lists(name));
        if (report == null) {
            json.addProperty("role", "none");
            json.addProperty("server", "unknown");
            return json;
        }
        OptionalLong bytes = standing.lagBytes(report);
        WalPosition replayed = report.replayed() != null ? report.replayed() : report.position();
        OptionalLong lagMs = bytes.isPresent() ? lag.lagMs(nowMs, replayed) : OptionalLong.empty();
        json.addProperty("role", lower(report.role()));
        json.addProperty("server", lower(report.server()));
        position(json, "", report.position());
        position(json, "replayed", report.replayed());
        json.addProperty("lagBytes", bytes.isPresent() ? bytes.getAsLong() : null);
        json.addProperty("lagMs", lagMs.isPresent() ? lagMs.getAsLong() : null);
        json.addProperty(
                "following",
                report.following() == null ? null : report.following().value());
        json.addProperty("streaming", report.streaming());
        json.addProperty("termSeen", report.termSeen().value());
        json.addProperty("promised", report.promised().value());
        json.addProperty("permitMs", report.permitMs());
        json.addProperty("priority", report.priority());
        json.addProperty("nofailover", report.nofailover());
        json.addProperty("address", report.address());
        json.addProperty("adminAddress", report.adminAddress());
        json.addProperty("systemIdentifier", report.systemIdentifier());
        json.addProperty("rule", report.rule());
        json.addProperty("obstacle", obstacle(standing, report));
        return json;
    }

    /** The verdicts of this member, and for every other the rule and the reason that it told of. */
    JsonObject explain(Standing standing) {
        JsonObject json = new JsonObject();
        json.addProperty("member", standing.self().value());
        JsonArray verdicts = new JsonArray();
        for (Verdict verdict : standing.insight().verdicts()) {
            JsonObject one = new JsonObject();
            one.addProperty("question", lower(verdict.question()));
            one.addProperty("rule", verdict.rule());
            one.addProperty("name", verdict.name());
            one.addProperty("explanation", verdict.explanation());
            JsonObject inputs = new JsonObject();
            new TreeMap<>(verdict.inputs()).forEach(inputs::addProperty);
            one.add("inputs", inputs);
            verdicts.add(one);
        }
        json.add("verdicts", verdicts);
        JsonArray members = new JsonArray();
        for (MemberName name : standing.names()) {
            MemberReport report = standing.insight().members().get(name);
            JsonObject one = new JsonObject();
            one.addProperty("member", name.value());
            one.addProperty("reachable", standing.reachable(name));
            one.addProperty("role", report == null ? "none" : lower(report.role()));
            one.addProperty("rule", report == null ? null : report.rule());
            one.addProperty(
                    "notPromoted",
                    report == null ? "it was never heard of since this agent started" : obstacle(standing, report));
            members.add(one);
        }
        json.add("members", members);
        return json;
    }

    private static @Nullable String obstacle(Standing standing, MemberReport report) {
        String obstacle = standing.insight().obstacles().get(report.name());
        return obstacle != null ? obstacle : report.obstacle();
    }

    private static JsonObject record(ClusterRecord record) {
        JsonObject json = new JsonObject();
        Branch branch = record.currentBranch();
        json.addProperty("term", record.term().value());
        json.addProperty("timeline", branch == null ? null : branch.timeline().id());
        MemberName holder = record.holder().memberOrNull();
        json.addProperty("holder", holder == null ? null : holder.value());
        json.addProperty(
                "holding",
                switch (record.holder()) {
                    case Holder.Held held -> "held";
                    case Holder.Named named -> "named";
                    case Holder.Released released -> "released";
                });
        json.addProperty("takeover", record.takeover().name());
        json.addProperty("leaseDurationMs", record.leaseDurationMs());
        json.addProperty("systemIdentifier", record.systemIdentifier());
        json.add(
                "voters",
                texts(record.voters().stream()
                        .map(voter -> voter.member().value())
                        .toList()));
        json.addProperty("paused", record.paused());
        json.addProperty(
                "switchover",
                record.switchover() == null ? null : record.switchover().id());
        return json;
    }

    private static void position(JsonObject json, String prefix, @Nullable WalPosition position) {
        if (prefix.isEmpty()) {
            json.addProperty(
                    "timeline", position == null ? null : position.timeline().id());
            json.addProperty(
                    "branchTerm", position == null ? null : position.term().value());
        }
        json.addProperty(
                prefix.isEmpty() ? "lsn" : prefix + "Lsn",
                position == null ? null : position.lsn().toString());
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
