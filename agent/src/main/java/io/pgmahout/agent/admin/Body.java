package io.pgmahout.agent.admin;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.pgmahout.agent.model.MemberName;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The body of a command: one flat JSON object of known fields, or nothing. */
final class Body {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private final Map<String, Object> fields;

    private Body(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** Throws {@link RefusedException} for anything but an object of {@code known} fields, each once. */
    static Body of(Request request, Set<String> known) {
        if (request.body().isEmpty()) {
            return new Body(Map.of());
        }
        String type = request.header(HttpHeaderNames.CONTENT_TYPE);
        String media = type == null ? "nothing" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals(Reply.JSON)) {
            throw new RefusedException(Problem.mediaType(media));
        }
        JsonReader json = new JsonReader(new StringReader(request.body()));
        json.setStrictness(Strictness.STRICT);
        try {
            Body body = new Body(read(json, known));
            if (json.peek() != JsonToken.END_DOCUMENT) {
                throw new RefusedException(Problem.malformed("Something follows the JSON object."));
            }
            return body;
        } catch (MalformedJsonException | EOFException e) {
            throw new RefusedException(Problem.malformed("The body is not JSON."));
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static Map<String, Object> read(JsonReader json, Set<String> known) throws IOException {
        Map<String, Object> fields = new HashMap<>();
        if (json.peek() != JsonToken.BEGIN_OBJECT) {
            throw new RefusedException(Problem.unfit("The body is not a JSON object."));
        }
        json.beginObject();
        while (json.hasNext()) {
            String name = json.nextName();
            if (!known.contains(name)) {
                throw new RefusedException(Problem.unfit("The field " + name + " is not known here"
                        + (known.isEmpty() ? "." : "; known: " + String.join(", ", known) + ".")));
            }
            Object value = switch (json.peek()) {
                case STRING -> json.nextString();
                case BOOLEAN -> json.nextBoolean();
                default ->
                    throw new RefusedException(
                            Problem.unfit("The field " + name + " is neither text nor true or false."));
            };
            if (fields.put(name, value) != null) {
                throw new RefusedException(Problem.unfit("The field " + name + " is given twice."));
            }
        }
        json.endObject();
        return fields;
    }

    boolean flag(String name) {
        return switch (fields.get(name)) {
            case null -> false;
            case Boolean flag -> flag;
            default -> throw new RefusedException(Problem.unfit("The field " + name + " is not true or false."));
        };
    }

    @Nullable
    MemberName member(String name) {
        return switch (fields.get(name)) {
            case null -> null;
            case String text -> {
                if (!NAME.matcher(text).matches()) {
                    throw new RefusedException(Problem.unfit("The field " + name + " is not the name of a member."));
                }
                yield new MemberName(text);
            }
            default -> throw new RefusedException(Problem.unfit("The field " + name + " is not text."));
        };
    }
}
