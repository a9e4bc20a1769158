package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file of the store file. */
public final class RecordFileTarget extends RecordTarget {

    private @Nullable Path file;

    @Override
    public String name() {
        return "record-file";
    }

    @Override
    String stored(ClusterRecord record) {
        return "{\"version\":12,\"record\":" + RecordJson.encode(record) + "}\n";
    }

    @Override
    @Nullable
    ClusterRecord record(String text) throws UnreadableException {
        try {
            Path path = file == null ? Files.createTempFile("pgmahout-fuzz", ".json") : file;
            file = path;
            Files.write(path, text.getBytes(StandardCharsets.UTF_8));
            RecordFile.Envelope read = new RecordFile(path).read();
            if (read == null) {
                return null;
            }
            ClusterRecord record = RecordJson.decode(read.record(), Records.CLUSTER);
            assertSame(RecordJson.encode(record), read.record());
            return record;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every number and word of the record stands in the file. */
    private static void assertSame(JsonElement read, JsonElement written) {
        switch (read) {
            case JsonObject object -> {
                for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                    // Positions have more than one way to be written.
                    if (!field.getKey().equals("lsn") && !field.getKey().equals("start")) {
                        assertSame(field.getValue(), written.getAsJsonObject().get(field.getKey()));
                    }
                }
            }
            case JsonArray array -> {
                for (int i = 0; i < array.size(); i++) {
                    assertSame(array.get(i), written.getAsJsonArray().get(i));
                }
            }
            default -> {
                if (read instanceof JsonPrimitive value && value.isNumber()) {
                    assertThat(written.getAsBigDecimal()).isEqualByComparingTo(value.getAsBigDecimal());
                } else {
                    assertThat(written).isEqualTo(read);
                }
            }
        }
    }

    @Override
    ClusterRecord again(ClusterRecord record) throws UnreadableException {
        JsonObject json = RecordJson.encode(record);
        UnknownFields.carry(json.deepCopy(), json);
        return RecordJson.decode(json, Records.CLUSTER);
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                Files.delete(file);
                file = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
