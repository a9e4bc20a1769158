package io.pgmahout.agent.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Carries what a newer agent wrote into the record, and this one does not know, from the stored record into the next.
 * Fields of the record itself always stay. Fields of a part (holder, member, branch, request) stay with that part:
 * another holder or request begins without them.
 */
final class UnknownFields {

    private static final Shape POSITION =
            new Shape(Set.of("term", "timeline", "lsn"), List.of("term", "timeline", "lsn"), Map.of());
    private static final Shape HOLDER = new Shape(
            Set.of("state", "member", "incarnation", "data", "end"),
            List.of("state", "member", "incarnation"),
            Map.of("end", POSITION));
    private static final Shape MEMBER = new Shape(Set.of("id", "member"), List.of("id"), Map.of());
    private static final Shape BRANCH =
            new Shape(Set.of("term", "timeline", "start"), List.of("term", "timeline"), Map.of());
    private static final Shape SWITCHOVER = new Shape(Set.of("id", "target"), List.of("id"), Map.of());
    private static final Shape RECORD = new Shape(
            Set.of(
                    "cluster",
                    "systemIdentifier",
                    "term",
                    "holder",
                    "renewal",
                    "leaseDurationMs",
                    "takeover",
                    "members",
                    "history",
                    "paused",
                    "switchover",
                    "writeId"),
            List.of(),
            Map.of("holder", HOLDER, "members", MEMBER, "history", BRANCH, "switchover", SWITCHOVER));

    private UnknownFields() {}

    /** Adds to {@code next} what {@code stored} has and {@link RecordJson} does not know. */
    static void carry(JsonObject stored, JsonObject next) {
        RECORD.carry(stored, next);
    }

    /**
     * What is known of one kind of object.
     *
     * @param known the keys that {@link RecordJson} writes, present or left out
     * @param identity the keys whose values make two objects the same one in two versions
     * @param parts the shapes of objects, or of lists of objects, below it
     */
    private record Shape(Set<String> known, List<String> identity, Map<String, Shape> parts) {

        void carry(JsonObject stored, JsonObject next) {
            stored.entrySet().forEach(field -> {
                if (!known.contains(field.getKey())) {
                    next.add(field.getKey(), field.getValue().deepCopy());
                }
            });
            parts.forEach((key, part) -> part.carryElement(stored.get(key), next.get(key)));
        }

        private void carryElement(JsonElement stored, JsonElement next) {
            if (stored instanceof JsonObject from && next instanceof JsonObject to && same(from, to)) {
                carry(from, to);
            } else if (stored instanceof JsonArray from && next instanceof JsonArray to) {
                to.forEach(item -> from.forEach(candidate -> carryElement(candidate, item)));
            }
        }

        private boolean same(JsonObject one, JsonObject other) {
            return identity.stream().allMatch(key -> Objects.equals(one.get(key), other.get(key)));
        }
    }
}
