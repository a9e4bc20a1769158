package io.pgmahout.agent.postgres;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code data.json} in the state directory: the notes on at most two contents (the present one and one in the
 * making), which of them was put into place last, and whether the directory itself is being changed. A content is recognised by the data id in its marker.
 * Every change is on disk before it returns.
 */
final class DataNotes {

    private static final String FILE = "data.json";
    private static final int MAX_NOTES = 2;

    private final Path file;

    /** What is being done to the data directory in place. While not COMPLETE its content is torn. */
    enum Phase {
        COMPLETE,
        /** A crashed standby is recovered without its standby.signal, which is due back. */
        RECOVERING,
        REWINDING,
        /** The former content is being renamed, and the new one into its place. */
        SWAPPING,
        /** In a mount point: the former content is being moved out. */
        MOVING,
        /** In a mount point: the new content is being moved in. */
        FILLING
    }

    private record Content(
            Phase phase, @Nullable DataId placed, @Nullable String makingWal, List<DataNote> notes) {}

    DataNotes(Path stateDirectory) {
        this.file = stateDirectory.resolve(FILE);
    }

    synchronized Phase phase() throws IOException {
        return read().phase();
    }

    synchronized void enter(Phase phase) throws IOException {
        Content content = read();
        write(new Content(phase, content.placed(), content.makingWal(), content.notes()));
    }

    /** The content that was put into place last, null before the first: what should lie there. */
    synchronized @Nullable DataId placed() throws IOException {
        return read().placed();
    }

    /** This content is in place, and nothing is being changed any more. */
    synchronized void placed(DataId data) throws IOException {
        write(new Content(Phase.COMPLETE, data, null, read().notes()));
    }

    /**
     * The name of the place on the WAL volume that was made last for a content that is not in place yet, or null. No server
     * ever worked in it, so nothing is lost with it.
     */
    synchronized @Nullable String makingWal() throws IOException {
        return read().makingWal();
    }

    synchronized void makingWal(@Nullable String name) throws IOException {
        Content content = read();
        if (!Objects.equals(name, content.makingWal())) {
            write(new Content(content.phase(), content.placed(), name, content.notes()));
        }
    }

    synchronized @Nullable DataNote of(@Nullable DataId data) throws IOException {
        return read().notes().stream()
                .filter(note -> note.data().equals(data))
                .findFirst()
                .orElse(null);
    }

    /**
     * Adds or replaces the note of its data id, newest last; the oldest beyond two goes, but never that of the
     * content in place, nor of one that is missing there.
     */
    synchronized void put(DataNote note) throws IOException {
        Content content = read();
        List<DataNote> notes = new ArrayList<>(content.notes());
        notes.removeIf(old -> old.data().equals(note.data()));
        while (notes.size() >= MAX_NOTES) {
            notes.remove(notes.getFirst().data().equals(content.placed()) ? 1 : 0);
        }
        notes.add(note);
        write(new Content(content.phase(), content.placed(), content.makingWal(), notes));
    }

    private Content read() throws IOException {
        String text = DurableFile.readOrNull(file);
        if (text == null) {
            return new Content(Phase.COMPLETE, null, null, List.of());
        }
        try {
            JsonObject json = new Gson().fromJson(text, JsonObject.class);
            List<DataNote> notes = new ArrayList<>();
            for (JsonElement element : json.getAsJsonArray("notes")) {
                JsonObject note = element.getAsJsonObject();
                Map<Timeline, Term> branches = new HashMap<>();
                note.getAsJsonObject("branches")
                        .entrySet()
                        .forEach(e -> branches.put(
                                new Timeline(Integer.parseInt(e.getKey())),
                                new Term(e.getValue().getAsLong())));
                notes.add(new DataNote(
                        new DataId(note.get("data").getAsString()),
                        note.get("systemIdentifier").getAsString(),
                        branches,
                        note.get("adopted").getAsBoolean(),
                        note.has("led") && note.get("led").getAsBoolean()));
            }
            return new Content(
                    Phase.valueOf(json.get("phase").getAsString()),
                    json.has("placed") ? new DataId(json.get("placed").getAsString()) : null,
                    json.has("makingWal") ? json.get("makingWal").getAsString() : null,
                    notes);
        } catch (JsonParseException | IllegalArgumentException | IllegalStateException | NullPointerException e) {
            throw new IOException(file + " is damaged", e);
        }
    }

    private void write(Content content) throws IOException {
        JsonArray notes = new JsonArray();
        for (DataNote note : content.notes()) {
            JsonObject branches = new JsonObject();
            note.branches().entrySet().stream()
                    .sorted((a, b) ->
                            Integer.compare(a.getKey().id(), b.getKey().id()))
                    .forEach(e -> branches.addProperty(
                            e.getKey().toString(), e.getValue().value()));
            JsonObject one = new JsonObject();
            one.addProperty("data", note.data().value());
            one.addProperty("systemIdentifier", note.systemIdentifier());
            one.add("branches", branches);
            one.addProperty("adopted", note.adopted());
            one.addProperty("led", note.led());
            notes.add(one);
        }
        JsonObject json = new JsonObject();
        json.addProperty("phase", content.phase().name());
        if (content.placed() != null) {
            json.addProperty("placed", content.placed().value());
        }
        if (content.makingWal() != null) {
            json.addProperty("makingWal", content.makingWal());
        }
        json.add("notes", notes);
        DurableFile.write(file, json + "\n");
    }
}
