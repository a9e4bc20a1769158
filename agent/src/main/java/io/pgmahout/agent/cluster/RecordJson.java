package io.pgmahout.agent.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.SwitchoverRequest;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WriteId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The record as JSON, the same in every store. Keys stand in a fixed order; what is null is left out. */
final class RecordJson {

    private RecordJson() {}

    static JsonObject encode(ClusterRecord record) {
        JsonObject json = new JsonObject();
        json.addProperty("cluster", record.cluster());
        put(json, "systemIdentifier", record.systemIdentifier());
        json.addProperty("term", record.term().value());
        json.add("holder", encode(record.holder()));
        json.addProperty("renewal", record.renewal());
        json.addProperty("leaseDurationMs", record.leaseDurationMs());
        json.addProperty("takeover", record.takeover().name());
        JsonArray members = new JsonArray();
        record.voters().forEach(voter -> members.add(encode(voter)));
        json.add("members", members);
        JsonArray history = new JsonArray();
        record.history().forEach(branch -> history.add(encode(branch)));
        json.add("history", history);
        json.addProperty("paused", record.paused());
        SwitchoverRequest switchover = record.switchover();
        if (switchover != null) {
            json.add("switchover", encode(switchover));
        }
        json.addProperty("writeId", record.writeId().value());
        return json;
    }

    /** Reads a record of {@code cluster}; anything else is unreadable, fields we do not know are passed over. */
    static ClusterRecord decode(JsonObject json, String cluster) throws UnreadableException {
        JsonFields record = new JsonFields("record", json);
        String owner = record.text("cluster");
        if (!owner.equals(cluster)) {
            throw new UnreadableException("the record is of cluster \"" + owner + "\", not of \"" + cluster + "\"");
        }
        try {
            return new ClusterRecord(
                    owner,
                    record.textOrNull("systemIdentifier"),
                    new Term(record.whole("term")),
                    holder(record.fields("holder")),
                    record.whole("renewal"),
                    record.whole("leaseDurationMs"),
                    TakeoverRule.valueOf(record.text("takeover")),
                    voters(record.list("members")),
                    branches(record.list("history")),
                    record.flag("paused"),
                    switchover(record.fieldsOrNull("switchover")),
                    new WriteId(record.text("writeId")));
        } catch (IllegalArgumentException e) {
            throw new UnreadableException("the record holds a value that cannot be: " + e.getMessage(), e);
        }
    }

    private static JsonObject encode(Holder holder) {
        JsonObject json = new JsonObject();
        switch (holder) {
            case Holder.Held held -> {
                json.addProperty("state", "held");
                json.addProperty("member", held.member().value());
                json.addProperty("incarnation", held.incarnation().value());
                DataId data = held.data();
                put(json, "data", data == null ? null : data.value());
            }
            case Holder.Named named -> {
                json.addProperty("state", "named");
                json.addProperty("member", named.successor().value());
                end(json, named.end());
            }
            case Holder.Released released -> {
                json.addProperty("state", "released");
                end(json, released.end());
            }
        }
        return json;
    }

    private static Holder holder(JsonFields holder) throws UnreadableException {
        String state = holder.text("state");
        return switch (state) {
            case "held" -> {
                String data = holder.textOrNull("data");
                yield new Holder.Held(
                        new MemberName(holder.text("member")),
                        new Incarnation(holder.text("incarnation")),
                        data == null ? null : new DataId(data));
            }
            case "named" -> new Holder.Named(new MemberName(holder.text("member")), end(holder));
            case "released" -> new Holder.Released(end(holder));
            default -> throw new UnreadableException(holder.path() + ".state \"" + state + "\" is unknown");
        };
    }

    private static void end(JsonObject json, @Nullable WalPosition end) {
        if (end != null) {
            json.add("end", encode(end));
        }
    }

    private static @Nullable WalPosition end(JsonFields holder) throws UnreadableException {
        JsonFields end = holder.fieldsOrNull("end");
        return end == null ? null : position(end);
    }

    private static JsonObject encode(WalPosition position) {
        JsonObject json = new JsonObject();
        json.addProperty("term", position.term().value());
        json.addProperty("timeline", position.timeline().id());
        json.addProperty("lsn", position.lsn().toString());
        return json;
    }

    private static WalPosition position(JsonFields json) throws UnreadableException {
        return new WalPosition(new Term(json.whole("term")), timeline(json), Lsn.parse(json.text("lsn")));
    }

    private static JsonObject encode(Voter voter) {
        JsonObject json = new JsonObject();
        json.addProperty("id", voter.id().value());
        json.addProperty("member", voter.member().value());
        return json;
    }

    private static List<Voter> voters(List<JsonFields> list) throws UnreadableException {
        List<Voter> voters = new ArrayList<>();
        for (JsonFields voter : list) {
            voters.add(new Voter(new VoterId(voter.text("id")), new MemberName(voter.text("member"))));
        }
        return voters;
    }

    private static JsonObject encode(Branch branch) {
        JsonObject json = new JsonObject();
        json.addProperty("term", branch.term().value());
        json.addProperty("timeline", branch.timeline().id());
        Lsn start = branch.start();
        put(json, "start", start == null ? null : start.toString());
        return json;
    }

    private static List<Branch> branches(List<JsonFields> list) throws UnreadableException {
        List<Branch> branches = new ArrayList<>();
        for (JsonFields branch : list) {
            String start = branch.textOrNull("start");
            branches.add(new Branch(
                    new Term(branch.whole("term")), timeline(branch), start == null ? null : Lsn.parse(start)));
        }
        return branches;
    }

    private static JsonObject encode(SwitchoverRequest request) {
        JsonObject json = new JsonObject();
        json.addProperty("id", request.id());
        MemberName target = request.target();
        put(json, "target", target == null ? null : target.value());
        return json;
    }

    private static @Nullable SwitchoverRequest switchover(@Nullable JsonFields json) throws UnreadableException {
        if (json == null) {
            return null;
        }
        String target = json.textOrNull("target");
        return new SwitchoverRequest(json.text("id"), target == null ? null : new MemberName(target));
    }

    private static Timeline timeline(JsonFields json) throws UnreadableException {
        long id = json.whole("timeline");
        if (id != (int) id) {
            throw new UnreadableException(json.path() + ".timeline is not a number of 32 bits");
        }
        return new Timeline((int) id);
    }

    private static void put(JsonObject json, String key, @Nullable String value) {
        if (value != null) {
            json.addProperty(key, value);
        }
    }
}
