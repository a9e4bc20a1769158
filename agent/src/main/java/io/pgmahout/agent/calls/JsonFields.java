package io.pgmahout.agent.calls;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Strict reading of one JSON object: a field is there and of its type, or the text is unreadable. What nobody asks
 * for is not looked at.
 *
 * @param path where the object stands, for messages
 */
public record JsonFields(String path, JsonObject object) {

    /** Parses a whole text as one JSON object, by the letter of RFC 8259. */
    public static JsonFields parse(String what, String text) throws UnreadableException {
        return new JsonFields(what, asObject(what, element(what, text)));
    }

    /** Parses a whole text as one JSON value, by the letter of RFC 8259. */
    public static JsonElement element(String what, String text) throws UnreadableException {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new UnreadableException(what + " is followed by more text");
            }
            return element;
        } catch (JsonParseException | IOException e) {
            throw new UnreadableException(what + " is not JSON: " + e.getMessage(), e);
        }
    }

    public boolean has(String key) {
        JsonElement element = object.get(key);
        return element != null && !element.isJsonNull();
    }

    public String text(String key) throws UnreadableException {
        JsonPrimitive value = primitive(key);
        if (!value.isString()) {
            throw new UnreadableException(at(key) + " is not a text");
        }
        return value.getAsString();
    }

    public @Nullable String textOrNull(String key) throws UnreadableException {
        return has(key) ? text(key) : null;
    }

    public long whole(String key) throws UnreadableException {
        JsonPrimitive value = primitive(key);
        try {
            if (value.isNumber()) {
                return value.getAsBigDecimal().longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw new UnreadableException(at(key) + " is not a whole number of 64 bits", e);
        }
        throw new UnreadableException(at(key) + " is not a number");
    }

    public boolean flag(String key) throws UnreadableException {
        JsonPrimitive value = primitive(key);
        if (!value.isBoolean()) {
            throw new UnreadableException(at(key) + " is neither true nor false");
        }
        return value.getAsBoolean();
    }

    public JsonFields fields(String key) throws UnreadableException {
        return new JsonFields(at(key), asObject(at(key), present(key)));
    }

    public @Nullable JsonFields fieldsOrNull(String key) throws UnreadableException {
        return has(key) ? fields(key) : null;
    }

    public List<JsonFields> list(String key) throws UnreadableException {
        if (!(present(key) instanceof JsonArray array)) {
            throw new UnreadableException(at(key) + " is not a list");
        }
        List<JsonFields> all = new ArrayList<>();
        for (JsonElement element : array) {
            String where = at(key) + "[" + all.size() + "]";
            all.add(new JsonFields(where, asObject(where, element)));
        }
        return all;
    }

    private String at(String key) {
        return path + "." + key;
    }

    private JsonElement present(String key) throws UnreadableException {
        JsonElement element = object.get(key);
        if (element == null || element.isJsonNull()) {
            throw new UnreadableException(at(key) + " is missing");
        }
        return element;
    }

    private JsonPrimitive primitive(String key) throws UnreadableException {
        if (present(key) instanceof JsonPrimitive value) {
            return value;
        }
        throw new UnreadableException(at(key) + " is not a plain value");
    }

    private static JsonObject asObject(String where, JsonElement element) throws UnreadableException {
        if (element instanceof JsonObject object) {
            return object;
        }
        throw new UnreadableException(where + " is not an object");
    }
}
