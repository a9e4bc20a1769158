package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
            return read == null ? null : RecordJson.decode(read.record(), Records.CLUSTER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
