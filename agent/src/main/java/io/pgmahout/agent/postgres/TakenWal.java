package io.pgmahout.agent.postgres;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code taking.json} in the state directory: WAL that is being copied into pg_wal, and is not replayed to its end yet.
 * While it is there bytes may lie behind a gap that recovery would go on with once the gap is filled, by whomever, so the
 * server streams from nobody and its position is not told. Every change is on disk before it returns. Any thread.
 */
final class TakenWal {

    private static final String FILE = "taking.json";

    private final Path file;
    private boolean pending;

    /** What was to be copied, and into which content. */
    record Range(DataId data, Timeline timeline, Lsn from, Lsn end) {}

    TakenWal(Path stateDirectory) {
        this.file = stateDirectory.resolve(FILE);
        this.pending = Files.exists(file);
    }

    synchronized boolean pending() {
        return pending;
    }

    synchronized void begin(Range range) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("data", range.data().value());
        json.addProperty("timeline", range.timeline().id());
        json.addProperty("from", range.from().toString());
        json.addProperty("end", range.end().toString());
        pending = true;
        DurableFile.write(file, json + "\n");
    }

    /** All of it is replayed, or none that is not is left. */
    synchronized void end() throws IOException {
        DurableFile.delete(file);
        pending = false;
        notifyAll();
    }

    /** Waits for the end of what is under way, and not for ever. */
    synchronized void awaitEnd(long limitMs) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        long leftMs = limitMs;
        while (pending && leftMs > 0) {
            wait(leftMs);
            leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
        }
    }

    synchronized @Nullable Range range() throws IOException {
        String text = DurableFile.readOrNull(file);
        if (text == null) {
            return null;
        }
        try {
            JsonObject json = new Gson().fromJson(text, JsonObject.class);
            return new Range(
                    new DataId(json.get("data").getAsString()),
                    new Timeline(json.get("timeline").getAsInt()),
                    Lsn.parse(json.get("from").getAsString()),
                    Lsn.parse(json.get("end").getAsString()));
        } catch (JsonParseException | IllegalArgumentException | IllegalStateException | NullPointerException e) {
            throw new IOException(file + " is damaged", e);
        }
    }
}
