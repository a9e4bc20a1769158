package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(AsPostgres.class)
class WalMoveTest {

    private static final DataId DATA = new DataId("first");

    @TempDir
    private Path directory = Path.of("/");

    private Path data = Path.of("/");
    private Path wal = Path.of("/");
    private Path volume = Path.of("/");
    private Path place = Path.of("/");
    private DataPlaces places = new DataPlaces(Path.of("/"), WalVolume.NONE, path -> false);
    private DataNotes notes = new DataNotes(Path.of("/"));

    /** A content that was made without the volume. */
    @BeforeEach
    void setUp() throws IOException {
        notes = new DataNotes(directory);
        volume = Files.createDirectory(directory.resolve("wal"));
        data = directory.resolve("data");
        wal = WalVolume.wal(data);
        place = volume.resolve("first");
        places = new DataPlaces(data, WalVolumeTest.volume("one", volume), path -> false);
        SwapTest.write(data, "first", 7);
        notes.put(new DataNote(DATA, "7", Map.of(Timeline.FIRST, Term.FIRST), false, true));
        notes.placed(DATA);
    }

    private WalMove move() {
        return new WalMove(places, notes);
    }

    private void assertMoved() throws IOException {
        assertThat(places.wal().placeOf(data)).isNotNull();
        assertWhole();
    }

    private void assertWhole() throws IOException {
        assertThat(Files.readString(data.resolve(SwapTest.SEGMENT))).isEqualTo("first");
        assertThat(wal.resolve("archive_status")).isDirectory();
        assertThat(new DataLook(places, notes).facts(0, null, false).content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(notes.makingWal()).isNull();
        try (var entries = Files.list(data)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .containsExactlyInAnyOrder("PG_VERSION", "base", "global", "pg_wal", DataLook.MARKER);
        }
    }

    @Test
    void theWalOfAStoppedContentIsMovedOnce() throws Exception {
        Files.setPosixFilePermissions(data.resolve(SwapTest.SEGMENT), PosixFilePermissions.fromString("rw-r-----"));
        move().run();
        assertMoved();
        assertThat(Files.readSymbolicLink(wal)).isEqualTo(WalVolume.wal(place));
        assertThat(Files.getPosixFilePermissions(data.resolve(SwapTest.SEGMENT)))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        DataPrint before = DataPrint.of(volume);
        move().run();
        assertThat(DataPrint.of(volume)).isEqualTo(before);
        assertThat(places.strayWal(notes)).isEmpty();
    }

    /** What an agent that is killed leaves, step by step. */
    enum Cut {
        NOTED,
        MADE,
        COPIED_IN_PART,
        COPIED,
        LINK_MADE,
        NOTE_GONE,
        DIRECTORY_AWAY,
        LINK_IN_PLACE,
        DIRECTORY_TO_BE_DELETED,
        DIRECTORY_HALF_DELETED
    }

    private void leave(Cut cut) throws IOException {
        notes.makingWal("first");
        if (cut.compareTo(Cut.MADE) >= 0) {
            places.wal().make("first", DATA);
        }
        if (cut.compareTo(Cut.COPIED_IN_PART) >= 0) {
            Files.createDirectories(place.resolve("pg_wal/archive_status"));
        }
        if (cut.compareTo(Cut.COPIED) >= 0) {
            Files.copy(data.resolve(SwapTest.SEGMENT), place.resolve(SwapTest.SEGMENT));
        }
        if (cut.compareTo(Cut.LINK_MADE) >= 0) {
            Files.createSymbolicLink(data.resolve("pgmahout-wal.link"), WalVolume.wal(place));
        }
        if (cut.compareTo(Cut.NOTE_GONE) >= 0) {
            notes.makingWal(null);
        }
        if (cut.compareTo(Cut.DIRECTORY_AWAY) >= 0) {
            Files.move(wal, data.resolve("pgmahout-wal.former"));
        }
        if (cut.compareTo(Cut.LINK_IN_PLACE) >= 0) {
            Files.move(data.resolve("pgmahout-wal.link"), wal);
        }
        if (cut.compareTo(Cut.DIRECTORY_TO_BE_DELETED) >= 0) {
            Files.move(data.resolve("pgmahout-wal.former"), data.resolve("pgmahout-wal.moved"));
        }
        if (cut == Cut.DIRECTORY_HALF_DELETED) {
            DurableFile.deleteTree(data.resolve("pgmahout-wal.moved/archive_status"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMoveThatWasCutOffIsEndedOrTakenBack(Cut cut) throws Exception {
        leave(cut);
        move().heal();
        assertWhole();
        boolean ended = cut.compareTo(Cut.LINK_IN_PLACE) >= 0;
        assertThat(Files.isSymbolicLink(wal)).isEqualTo(ended);
        // Only between two steps that follow each other is a copy left of which nobody knows.
        boolean stray = cut == Cut.NOTE_GONE || cut == Cut.DIRECTORY_AWAY;
        assertThat(places.strayWal(notes)).hasSize(stray ? 1 : 0);
        move().run();
        assertMoved();
        assertThat(places.strayWal(notes)).hasSize(stray ? 1 : 0);
    }

    /**
     * What is on the volume then may have been written to since, and is the WAL; the directory never is again. It may be all
     * there is, though, and stays until the volume is seen.
     */
    @ParameterizedTest
    @EnumSource(
            value = Cut.class,
            names = {"LINK_IN_PLACE", "DIRECTORY_TO_BE_DELETED", "DIRECTORY_HALF_DELETED"})
    void whereTheVolumeIsAwayTheFormerWalIsNotTakenForIt(Cut cut) throws Exception {
        leave(cut);
        Path away = directory.resolve("away");
        Files.move(volume, away);
        move().heal();
        DataFacts facts = new DataLook(places, notes).facts(0, null, false);
        assertThat(facts.content()).isEqualTo(DataFacts.Content.MISSING);
        assertThat(facts.problem()).contains("is the WAL volume mounted?");
        String kept = cut == Cut.LINK_IN_PLACE ? "pgmahout-wal.former" : "pgmahout-wal.moved";
        assertThat(data.resolve(kept)).isNotEmptyDirectory();
        Files.move(away, volume);
        move().heal();
        assertMoved();
    }

    /** The data's volume may be away while the place is noted: then it does not seem to be linked to. */
    @ParameterizedTest
    @EnumSource
    void whereTheDataIsAwayNoWalThatItNeedsIsDeleted(Cut cut) throws Exception {
        leave(cut);
        Path away = directory.resolve("away");
        Files.move(data, away);
        Files.createDirectory(data);
        move().heal();
        places.dropUnusedWal(notes);
        Files.delete(data);
        Files.move(away, data);
        move().heal();
        assertWhole();
    }

    /** Another volume was mounted there, say. */
    @ParameterizedTest
    @EnumSource
    void otherDataIsNotTouched(Cut cut) throws Exception {
        leave(cut);
        notes.placed(new DataId("another"));
        notes.makingWal("first");
        DataPrint before = DataPrint.of(directory);
        move().heal();
        assertThat(DataPrint.of(directory)).isEqualTo(before);
    }

    @Test
    void aLinkToElsewhereIsReplacedAndWhatItLedToIsLeft() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(wal, elsewhere);
        Files.createSymbolicLink(wal, elsewhere);
        move().run();
        assertMoved();
        assertThat(elsewhere.resolve("000000010000000000000001")).hasContent("first");
    }

    @Test
    void whereItCannotBeMovedItStaysAndIsStartedFromThere() throws Exception {
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("r-x------"));
        move().run();
        assertWhole();
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwx------"));
        Path unreadable = Files.writeString(wal.resolve("unreadable"), "");
        Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("---------"));
        move().run();
        assertWhole();
        assertThat(places.wal().places()).isEmpty();
        DurableFile.deleteTree(volume);
        move().run();
        assertWhole();
        Files.createDirectory(volume);
        Files.delete(unreadable);
        move().run();
        assertMoved();
    }

    /** Room that is not given back is no reason not to start. */
    @Test
    void aFormerDirectoryThatCannotBeDeletedIsNotInTheWay() throws Exception {
        leave(Cut.DIRECTORY_TO_BE_DELETED);
        Path locked = Files.createDirectory(data.resolve("pgmahout-wal.moved/locked"));
        Files.writeString(locked.resolve("file"), "");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));
        try {
            move().run();
            assertThat(locked).isDirectory();
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
        move().heal();
        assertMoved();
    }

    /** The volume may have become one that cannot be written. */
    @Test
    void aCopyThatCannotBeDeletedIsNotInTheWay() throws Exception {
        leave(Cut.COPIED);
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r-x------"));
        try {
            move().heal();
            assertThat(wal).isDirectory();
            assertThat(notes.makingWal()).isEqualTo("first");
        } finally {
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
        }
        move().heal();
        assertWhole();
        assertThat(places.strayWal(notes)).isEmpty();
    }

    @Test
    void whereTheDirectoryCannotBeRenamedNoCopyIsLeft() throws Exception {
        // Nothing of ours leaves both.
        Path inTheWay = Files.createDirectories(data.resolve("pgmahout-wal.former/x"));
        move().run();
        assertThat(wal).isDirectory();
        assertThat(Files.isSymbolicLink(wal)).isFalse();
        assertThat(places.wal().places()).isEmpty();
        DurableFile.deleteTree(DurableFile.parent(inTheWay));
        move().run();
        assertMoved();
    }

    @Test
    void withoutAVolumeNothingIsMoved() throws Exception {
        places = new DataPlaces(data, WalVolume.NONE, path -> false);
        move().run();
        assertWhole();
        assertThat(wal).isDirectory();
        assertThat(List.of(volume.toFile().list())).isEmpty();
    }
}
