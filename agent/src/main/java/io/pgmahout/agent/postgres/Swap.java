package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.DataId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts a new content, whole and noted, in the place of the former one. Each step either is one rename, or is written
 * down beforehand and goes on where it was cut off; no content is deleted before its successor is in place.
 *
 * <p>Renamed (SWAPPING): DATA to its place beside, DATA.new to DATA. In a mount point: all entries to {@code pgmahout-leaving}
 * (MOVING), that to its place, then those of {@code pgmahout-new} in, the marker last (FILLING).
 */
final class Swap {

    private final DataPlaces places;
    private final DataNotes notes;

    Swap(DataPlaces places, DataNotes notes) {
        this.places = places;
        this.notes = notes;
    }

    void run() throws IOException {
        if (!isNoted(places.making())) {
            throw new IOException(places.making() + " is not a whole content");
        }
        needRoomAside();
        if (places.mounted()) {
            if (notes.phase() != DataNotes.Phase.MOVING) {
                notes.enter(DataNotes.Phase.MOVING);
            }
            move();
        } else {
            List<Path> former = places.entries();
            notes.enter(DataNotes.Phase.SWAPPING);
            rename(former);
        }
        end();
        places.sweep();
    }

    /** Refuses what could not be kept: of a content without a note nobody knows what only it holds. */
    void needRoomAside() throws IOException {
        if (!places.entries().isEmpty() && note(places.data()) == null) {
            places.needRoomAside();
        }
    }

    /** Ends what was cut off, if it can be ended: then the directory is whole again. */
    void heal() throws IOException {
        switch (notes.phase()) {
            case SWAPPING -> {
                if (!places.mounted() && isNoted(places.making())) {
                    rename(places.entries());
                    end();
                } else if (!places.mounted() && isNoted(places.data()) && Files.notExists(places.making())) {
                    end();
                } else if (!places.mounted()) {
                    goBack();
                }
            }
            case MOVING -> {
                if (places.mounted() && isNoted(places.making())) {
                    move();
                    end();
                } else if (places.mounted()) {
                    goBack();
                }
            }
            case FILLING -> {
                if (places.mounted() && (isNoted(places.making()) || isNoted(places.data()))) {
                    move();
                    end();
                }
            }
            case COMPLETE -> {
                if (notes.placed() == null && isNoted(places.data())) {
                    end();
                }
                places.discardStray();
            }
            case RECOVERING, REWINDING -> {}
        }
    }

    private void end() throws IOException {
        notes.placed(Objects.requireNonNull(DataLook.marked(places.data()), "what was put into place has a marker"));
    }

    private boolean isNoted(Path content) throws IOException {
        return note(content) != null;
    }

    private @Nullable DataNote note(Path content) throws IOException {
        return notes.of(DataLook.marked(content));
    }

    private void rename(List<Path> former) throws IOException {
        Path data = places.data();
        try {
            if (former.isEmpty()) {
                // What comes back in this moment, a volume say, is not deleted: a directory that is not empty stays.
                Files.deleteIfExists(data);
            } else {
                Files.move(data, places.placeFor(data, places.making(), note(data)));
            }
        } catch (IOException e) {
            goBack();
            throw e;
        }
        Files.move(places.making(), data);
        DurableFile.syncDirectory(DurableFile.parent(data));
    }

    /** As long as the former content's marker lies here, the rest of it does too, or can come back: it is whole as it was. */
    private void goBack() throws IOException {
        Path data = places.data();
        DataId placed = notes.placed();
        if (placed == null || !placed.equals(DataLook.marked(data))) {
            return;
        }
        if (places.mounted() && Files.exists(places.leaving())) {
            moveAll(list(places.leaving()), data);
            Files.delete(places.leaving());
            DurableFile.syncDirectory(data);
        }
        notes.enter(DataNotes.Phase.COMPLETE);
    }

    private void move() throws IOException {
        Path data = places.data();
        if (notes.phase() == DataNotes.Phase.MOVING) {
            try {
                moveOut();
            } catch (IOException e) {
                goBack();
                throw e;
            }
            notes.enter(DataNotes.Phase.FILLING);
        }
        if (Files.exists(places.making())) {
            moveAll(list(places.making()), data);
            DurableFile.syncDirectory(data);
            Path marker = places.making().resolve(DataLook.MARKER);
            if (Files.exists(marker)) {
                Files.move(marker, data.resolve(DataLook.MARKER));
            }
            Files.delete(places.making());
        }
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        DurableFile.syncDirectory(data);
    }

    private void moveOut() throws IOException {
        Path leaving = places.leaving();
        List<Path> entries = places.entries();
        if (!entries.isEmpty() && !Files.exists(leaving)) {
            Files.createDirectory(
                    leaving, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        moveAll(entries, leaving);
        Path marker = places.data().resolve(DataLook.MARKER);
        if (Files.exists(marker)) {
            Files.move(marker, leaving.resolve(DataLook.MARKER));
        }
        if (Files.exists(leaving)) {
            DurableFile.syncDirectory(leaving);
            Files.move(leaving, places.placeFor(leaving, places.making(), note(leaving)));
        }
        DurableFile.syncDirectory(places.data());
    }

    private static List<Path> list(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (var all = Files.newDirectoryStream(directory)) {
            all.forEach(entries::add);
        }
        return entries;
    }

    /** All but the marker, so that where it lies the content is whole. */
    private static void moveAll(List<Path> entries, Path to) throws IOException {
        for (Path entry : entries) {
            if (!entry.getFileName().toString().equals(DataLook.MARKER)) {
                Files.move(entry, to.resolve(entry.getFileName()));
            }
        }
    }
}
