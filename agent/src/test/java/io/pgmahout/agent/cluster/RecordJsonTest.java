package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.WriteId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordJsonTest {

    @Test
    void theTextIsStable() {
        assertThat(RecordJson.encode(Records.full(Records.named()))).hasToString("""
                        {"cluster":"zoo","systemIdentifier":"7300000000000000001","term":7,\
                        "holder":{"state":"named","member":"b",\
                        "end":{"term":7,"timeline":3,"lsn":"1/F00000D8"}},\
                        "renewal":42,"leaseDurationMs":15000,"takeover":"QUORUM",\
                        "members":[{"id":"voter-a","member":"a"},{"id":"voter-b","member":"b"},\
                        {"id":"voter-c","member":"c"}],\
                        "history":[{"term":1,"timeline":1,"start":"0/0"},\
                        {"term":4,"timeline":2,"start":"0/3000060"},{"term":7,"timeline":3}],\
                        "paused":true,"switchover":{"id":"request-1","target":"b"},"writeId":"write-1"}""");
        assertThat(RecordJson.encode(Records.full()).get("holder"))
                .hasToString("{\"state\":\"held\",\"member\":\"a\",\"incarnation\":\"gate-a\",\"data\":\"data-a\"}");
        assertThat(RecordJson.encode(Records.full(new Holder.Released(null))).get("holder"))
                .hasToString("{\"state\":\"released\"}");
    }

    static Stream<ClusterRecord> records() {
        return Stream.of(
                Records.full(),
                Records.full(Records.named()),
                Records.full(new Holder.Released(Records.position())),
                Records.full(new Holder.Released(null)),
                Records.first("write-0"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void readsBackWhatItWrote(ClusterRecord record) throws UnreadableException {
        String text = RecordJson.encode(record).toString();
        assertThat(RecordJson.decode(JsonFields.parse("text", text).object(), Records.CLUSTER))
                .isEqualTo(record);
    }

    @Test
    void nullReadsAsLeftOut() throws UnreadableException {
        JsonObject json = RecordJson.encode(Records.first("write-0"));
        json.add("systemIdentifier", JsonNull.INSTANCE);
        json.add("switchover", JsonNull.INSTANCE);
        assertThat(RecordJson.decode(json, Records.CLUSTER)).isEqualTo(Records.first("write-0"));
    }

    @Test
    void anotherClustersRecordIsRefusedByName() {
        assertThatThrownBy(() -> RecordJson.decode(RecordJson.encode(Records.full()), "farm"))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("the record is of cluster \"zoo\", not of \"farm\"");
    }

    /** Every field of the record but the nullable ones is missed when it is gone or of another type. */
    @Test
    void everyFieldIsNeeded() {
        List<String> optional = List.of("systemIdentifier", "data", "switchover", "start", "target");
        for (List<String> path : paths(RecordJson.encode(Records.full()))) {
            String key = path.getLast();
            if (!optional.contains(key)) {
                assertThatThrownBy(() -> RecordJson.decode(without(path, null), Records.CLUSTER))
                        .as("without %s", path)
                        .isInstanceOf(UnreadableException.class)
                        .hasMessageContaining(key);
            }
            assertThatThrownBy(() -> RecordJson.decode(without(path, new JsonArray()), "zoo"))
                    .as("an empty list in place of %s", path)
                    .isInstanceOf(UnreadableException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "term, -1",
        "term, 1.5",
        "term, 1e30",
        "term, '\"7\"'",
        "leaseDurationMs, 999",
        "takeover, '\"MAYBE\"'",
        "paused, '\"true\"'",
        "writeId, '\" \"'",
        "holder, '{\"state\":\"ill\"}'",
        "history, '[{\"term\":1,\"timeline\":4294967297}]'",
        "history, '[{\"term\":1,\"timeline\":1,\"start\":\"what\"}]'",
        "members, '[1]'"
    })
    void nonsenseIsRefused(String key, String value) throws UnreadableException {
        JsonObject json = RecordJson.encode(Records.full());
        json.add(
                key, JsonFields.parse("value", "{\"v\":" + value + "}").object().get("v"));
        assertThatThrownBy(() -> RecordJson.decode(json, "zoo")).isInstanceOf(UnreadableException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "null", "[]", "{", "{'a':1}", "{\"a\":1} {}", "{\"a\":1,}", "{a:1}", "{\"a\":NaN}"},
            quoteCharacter = '`')
    void onlyStrictJsonIsRead(String text) {
        assertThatThrownBy(() -> JsonFields.parse("it", text)).isInstanceOf(UnreadableException.class);
    }

    @Test
    void unknownFieldsStayWithWhatTheyBelongTo() {
        JsonObject stored = RecordJson.encode(Records.full());
        for (List<String> path : objects()) {
            at(stored, path).addProperty("new", String.join(".", path));
        }
        JsonObject next = RecordJson.encode(Records.full().draft().as(new WriteId("write-2")));
        UnknownFields.carry(stored, next);
        for (List<String> path : objects()) {
            assertThat(at(next, path).get("new"))
                    .as("in %s", path)
                    .isEqualTo(new JsonPrimitive(String.join(".", path)));
        }
    }

    @Test
    void anotherHolderBeginsWithoutTheOldOnesFields() {
        JsonObject stored = RecordJson.encode(Records.full());
        stored.getAsJsonObject("holder").addProperty("new", 1);
        stored.addProperty("new", 2);
        JsonObject next = RecordJson.encode(
                Records.full().draft().holder(Records.named()).switchover(null).as(new WriteId("write-2")));
        JsonObject expected = next.deepCopy();
        expected.addProperty("new", 2);
        UnknownFields.carry(stored, next);
        assertThat(next).as("nothing known comes back").isEqualTo(expected);
    }

    private static JsonObject without(List<String> path, @Nullable JsonElement instead) {
        JsonObject json = RecordJson.encode(Records.full());
        JsonObject parent = at(json, path.subList(0, path.size() - 1));
        if (instead == null) {
            parent.remove(path.getLast());
        } else if (parent.get(path.getLast()).isJsonArray()) {
            parent.addProperty(path.getLast(), 1);
        } else {
            parent.add(path.getLast(), instead);
        }
        return json;
    }

    /** Where every field of the record stands; "0" is the first of a list. */
    private static List<List<String>> paths(JsonObject json) {
        List<List<String>> paths = new ArrayList<>();
        for (List<String> object : objects()) {
            for (String key : at(json, object).keySet()) {
                List<String> path = new ArrayList<>(object);
                path.add(key);
                paths.add(path);
            }
        }
        return paths;
    }

    private static List<List<String>> objects() {
        return List.of(
                List.of(), List.of("holder"), List.of("switchover"), List.of("members", "0"), List.of("history", "0"));
    }

    private static JsonObject at(JsonObject json, List<String> path) {
        JsonElement at = json;
        for (String key : path) {
            at = at.isJsonArray()
                    ? at.getAsJsonArray().get(Integer.parseInt(key))
                    : at.getAsJsonObject().get(key);
        }
        return at.getAsJsonObject();
    }
}
