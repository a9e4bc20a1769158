package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(AsPostgres.class)
class SwapTest {

    private static final String FILE = "base/file";
    static final String SEGMENT = "pg_wal/000000010000000000000001";
    private static final List<String> ENTRIES = List.of("PG_VERSION", "base", "global", "pg_wal", DataLook.MARKER);

    @TempDir
    private Path directory = Path.of("/");

    private DataPlaces places = new DataPlaces(Path.of("/"), WalVolume.NONE, path -> false);
    private DataNotes notes = new DataNotes(Path.of("/"));

    @BeforeEach
    void setUp() throws IOException {
        notes = new DataNotes(directory);
        places(false);
    }

    private void places(boolean mounted) throws IOException {
        places = new DataPlaces(Files.createDirectories(directory.resolve("data")), WalVolume.NONE, path -> mounted);
    }

    private Swap swap() {
        return new Swap(places, notes);
    }

    private void make(String name) throws IOException {
        make(name, 7, false);
    }

    private void make(String name, long system, boolean led) throws IOException {
        Path making = places.clearMaking();
        write(making, name, system);
        notes.put(
                new DataNote(new DataId(name), Long.toString(system), Map.of(Timeline.FIRST, Term.FIRST), false, led));
    }

    /** What passes for a whole content, its WAL a part of it. */
    static void write(Path content, String name, long system) throws IOException {
        Files.createDirectories(content.resolve("base"));
        Files.setPosixFilePermissions(content, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(content.resolve("PG_VERSION"), "15");
        Files.createDirectories(content.resolve("global"));
        Files.writeString(content.resolve(FILE), name);
        Files.createDirectories(content.resolve("pg_wal/archive_status"));
        Files.writeString(content.resolve(SEGMENT), name);
        Files.write(ControlFile.in(content), control(system));
        Files.writeString(content.resolve(DataLook.MARKER), name + "\n");
    }

    private static byte[] control(long system) {
        ByteBuffer bytes = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
        bytes.putLong(0, system);
        bytes.putInt(8, 1300);
        bytes.putInt(48, 1);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, 200);
        bytes.putInt(200, (int) crc.getValue());
        return bytes.array();
    }

    private static String content(Path data) throws IOException {
        for (String entry : ENTRIES) {
            assertThat(data.resolve(entry)).exists();
        }
        String name = Files.readString(data.resolve(FILE));
        assertThat(DataLook.marked(data)).isEqualTo(new DataId(name));
        return name;
    }

    private void assertInPlace(String name) throws IOException {
        assertThat(content(places.data())).isEqualTo(name);
        assertThat(notes.phase()).isEqualTo(DataNotes.Phase.COMPLETE);
        assertThat(places.making()).doesNotExist();
        assertThat(places.leaving()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstContentWaitsAsideUntilForgotten(boolean mounted) throws IOException {
        places(mounted);
        make("first");
        swap().run();
        assertThat(places.keepsAside()).isFalse();
        make("second");
        swap().run();
        assertInPlace("second");
        assertThat(content(places.aside())).isEqualTo("first");
        make("third");
        swap().run();
        assertInPlace("third");
        assertThat(content(places.aside())).isEqualTo("first");
        assertThat(places.discard()).doesNotExist();
        places.forget();
        assertThat(places.keepsAside()).isFalse();
        assertThat(places.discard()).doesNotExist();
        assertInPlace("third");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aContentThatLedTakesThePlaceOfWhatItReplaced(boolean mounted) throws IOException {
        places(mounted);
        make("first");
        swap().run();
        make("second", 7, true);
        swap().run();
        make("third");
        swap().run();
        assertInPlace("third");
        assertThat(content(places.aside())).isEqualTo("second");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherClustersContentIsNeverDeleted(boolean mounted) throws IOException {
        places(mounted);
        for (int i = 1; i <= 2; i++) {
            make("foreign-" + i, 8, true);
            swap().run();
            make("clone-" + i);
            swap().run();
            assertInPlace("clone-" + i);
            make("again-" + i);
            swap().run();
            places.forget();
        }
        Path first = places.aside()
                .resolveSibling(places.aside().getFileName().toString().replace("aside", "foreign-8"));
        assertThat(content(first)).isEqualTo("foreign-1");
        assertThat(content(first.resolveSibling(first.getFileName() + "-2"))).isEqualTo("foreign-2");
        assertThat(places.entries()).hasSize(ENTRIES.size());
        assertThat(places.kept()).hasSize(mounted ? 3 : 0);

        DurableFile.deleteTree(places.aside());
        write(places.aside(), "foreign-3", 8);
        places.forget();
        assertThat(content(first.resolveSibling(first.getFileName() + "-3"))).isEqualTo("foreign-3");
    }

    @Test
    void whatCannotBeDeletedIsNotInTheWay() throws IOException {
        make("first");
        swap().run();
        make("second");
        swap().run();
        Path locked = Files.createDirectories(places.data().resolve("a/locked"));
        Files.writeString(locked.resolve("file"), "");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));
        make("third");
        try {
            swap().run();
            assertInPlace("third");
            assertThat(content(places.aside())).isEqualTo("first");
        } finally {
            Files.setPosixFilePermissions(
                    Files.exists(locked) ? locked : places.discard().resolve("a/locked"),
                    PosixFilePermissions.fromString("rwx------"));
        }
        places.sweep();
        assertThat(places.discard()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "false, 2", "true, 0", "true, 1", "true, 2"})
    void aSwapThatWasCutOffAmidItsRenamesIsEnded(boolean second, int renamed) throws IOException {
        make("first");
        swap().run();
        make("second");
        if (second) {
            swap().run();
            make("third");
        }
        notes.enter(DataNotes.Phase.SWAPPING);
        if (renamed > 0) {
            Files.move(places.data(), second ? places.discard() : places.aside());
        }
        if (renamed > 1) {
            Files.move(places.making(), places.data());
        }
        swap().heal();
        assertInPlace(second ? "third" : "second");
        assertThat(notes.placed()).isEqualTo(new DataId(second ? "third" : "second"));
        assertThat(content(places.aside())).isEqualTo("first");
    }

    /** What was made for another time must not come into the place of a volume that is away. */
    @Test
    void aContentThatNobodyWasPuttingIntoPlaceStaysWhereItIs() throws IOException {
        make("first");
        swap().run();
        make("stale");
        Path away = directory.resolve("away");
        Files.move(places.data(), away);
        swap().heal();
        assertThat(places.data()).doesNotExist();
        assertThat(look().content()).isEqualTo(DataFacts.Content.MISSING);
        Files.move(away, places.data());
        swap().heal();
        assertThat(content(places.data())).isEqualTo("first");
        assertThat(content(places.making())).isEqualTo("stale");
    }

    private DataFacts look() {
        return new DataLook(places, notes).facts(0, null, true);
    }

    /** A clone was put beside a volume that came late and was mounted over it then, say. */
    @ParameterizedTest
    @EnumSource(
            value = DataNotes.Phase.class,
            names = {"COMPLETE", "RECOVERING"})
    void formerDataIsNotTakenForWhatReplacedIt(DataNotes.Phase phase) throws IOException {
        make("volume");
        swap().run();
        Path away = directory.resolve("away");
        Files.move(places.data(), away);
        make("below");
        swap().run();
        notes.enter(phase);
        Path below = directory.resolve("below");
        Files.move(places.data(), below);
        Files.move(away, places.data());
        DataFacts stopped = new DataLook(places, notes).facts(0, null, false);
        assertThat(stopped.content()).isEqualTo(DataFacts.Content.FOREIGN);
        assertThat(stopped.problem()).contains("volume", "below", "mounted over");
        Files.move(places.data(), away);
        Files.move(below, places.data());
        notes.enter(DataNotes.Phase.COMPLETE);
        DataFacts again = new DataLook(places, notes).facts(0, null, false);
        assertThat(again.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(again.data()).isEqualTo(new DataId("below"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutAWholeSuccessorNothingIsMoved(boolean mounted) throws IOException {
        places(mounted);
        make("first");
        swap().run();
        make("second");
        DurableFile.deleteTree(places.making());
        assertThatThrownBy(swap()::run).hasMessageContaining("is not a whole content");
        assertInPlace("first");
    }

    @Test
    void whatLiesInPlaceIsNotedAsPlacedWhereThatWasCutOff() throws IOException {
        make("first");
        Files.delete(places.data());
        Files.move(places.making(), places.data());
        assertThat(notes.placed()).isNull();
        swap().heal();
        assertThat(notes.placed()).isEqualTo(new DataId("first"));
    }

    /** Put there by hand, or its note was lost: nobody knows what is in it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatNothingIsKnownOfIsKeptBesideTheFirst(boolean mounted) throws IOException {
        places(mounted);
        make("first");
        swap().run();
        make("second");
        swap().run();
        DurableFile.write(places.data().resolve(DataLook.MARKER), "by-hand\n");
        make("third");
        swap().run();
        Path further = places.aside().resolveSibling(places.aside().getFileName() + "-2");
        assertThat(content(places.aside())).isEqualTo("first");
        assertThat(Files.readString(further.resolve(FILE))).isEqualTo("second");
        assertThat(places.entries()).hasSize(ENTRIES.size());
        places.forget();
        assertThat(places.aside()).doesNotExist();
        assertThat(further).doesNotExist();
        assertInPlace("third");
    }

    @ParameterizedTest
    @CsvSource({"SWAPPING, false", "MOVING, true"})
    void whatWasBegunInAMountPointIsEndedInOneOnly(DataNotes.Phase phase, boolean mounted) throws IOException {
        places(mounted);
        make("first");
        swap().run();
        make("second");
        notes.enter(phase);
        AtomicBoolean mountPoint = new AtomicBoolean(!mounted);
        places = new DataPlaces(places.data(), WalVolume.NONE, path -> mountPoint.get());
        write(places.making(), "second", 7);
        swap().heal();
        assertThat(notes.phase()).isEqualTo(phase);
        assertThat(Files.readString(places.data().resolve(FILE))).isEqualTo("first");
        assertThat(look().content()).isEqualTo(DataFacts.Content.FOREIGN);
        assertThat(look().problem()).contains("mount");
        assertThat(places.current()).isSameAs(places);
        DurableFile.deleteTree(places.making());
        mountPoint.set(mounted);
        places = places.current();
        swap().heal();
        assertInPlace("second");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void aMoveThatWasCutOffWhileTheOldWentGoesOn(int moved) throws IOException {
        places(true);
        make("first");
        swap().run();
        make("second");
        notes.enter(DataNotes.Phase.MOVING);
        Files.createDirectories(places.leaving());
        for (String entry : ENTRIES.subList(0, moved)) {
            Files.move(places.data().resolve(entry), places.leaving().resolve(entry));
        }
        swap().heal();
        assertInPlace("second");
        assertThat(content(places.aside())).isEqualTo("first");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void aMoveThatWasCutOffWhileTheNewCameGoesOn(int moved) throws IOException {
        places(true);
        make("first");
        swap().run();
        make("second");
        notes.enter(DataNotes.Phase.FILLING);
        Files.createDirectories(places.aside());
        for (String entry : ENTRIES) {
            Files.move(places.data().resolve(entry), places.aside().resolve(entry));
        }
        for (String entry : ENTRIES.subList(0, moved)) {
            Files.move(places.making().resolve(entry), places.data().resolve(entry));
        }
        swap().heal();
        assertInPlace("second");
        assertThat(content(places.aside())).isEqualTo("first");
    }

    @Test
    void theHalvesOfWhatWasMovedStayTogether() throws IOException {
        places(true);
        make("first");
        swap().run();
        notes.enter(DataNotes.Phase.MOVING);
        Files.createDirectories(places.leaving());
        Files.move(places.data().resolve("base"), places.leaving().resolve("base"));
        // What was to come is gone, so there is nothing to go on with.
        swap().heal();
        assertInPlace("first");
        make("second");
        swap().run();
        assertInPlace("second");
        assertThat(content(places.aside())).isEqualTo("first");
    }

    @Test
    void aDirectoryThatCannotBeMovedAwayStaysWhole() throws IOException {
        Path parent = Files.createDirectory(directory.resolve("parent"));
        places = new DataPlaces(Files.createDirectory(parent.resolve("data")), WalVolume.NONE, path -> false);
        make("first");
        swap().run();
        make("second");
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("r-x------"));
        try {
            assertThatThrownBy(swap()::run).isInstanceOf(AccessDeniedException.class);
        } finally {
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(notes.phase()).isEqualTo(DataNotes.Phase.COMPLETE);
        assertThat(content(places.data())).isEqualTo("first");
        assertThat(look().content()).isEqualTo(DataFacts.Content.COMPLETE);
        swap().run();
        assertInPlace("second");
    }

    @Test
    void whatCannotAllBeMovedOutComesBack() throws IOException {
        places(true);
        make("first");
        swap().run();
        make("second");
        Path fixed = places.data().resolve("global");
        Files.setPosixFilePermissions(fixed, PosixFilePermissions.fromString("r-x------"));
        try {
            assertThatThrownBy(swap()::run).isInstanceOf(AccessDeniedException.class);
        } finally {
            Files.setPosixFilePermissions(fixed, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(notes.phase()).isEqualTo(DataNotes.Phase.COMPLETE);
        assertThat(content(places.data())).isEqualTo("first");
        assertThat(places.leaving()).doesNotExist();
        swap().run();
        assertInPlace("second");
        assertThat(content(places.aside())).isEqualTo("first");
    }

    /** Half of it deleted, for example, by who meant to make it anew. */
    @Test
    void whatNeverMovedIsWholeWithoutASuccessor() throws IOException {
        make("first");
        swap().run();
        make("second");
        notes.enter(DataNotes.Phase.SWAPPING);
        Files.delete(places.making().resolve(DataLook.MARKER));
        swap().heal();
        assertThat(notes.phase()).isEqualTo(DataNotes.Phase.COMPLETE);
        assertThat(content(places.data())).isEqualTo("first");
    }

    /** As pg_rewind leaves one that it did not get through with. */
    @Test
    void whatWasTornBeforeTheSwapIsNotWholeAfterIt() throws IOException {
        make("first");
        swap().run();
        Files.delete(places.data().resolve(DataLook.MARKER));
        make("second");
        notes.enter(DataNotes.Phase.SWAPPING);
        DurableFile.deleteTree(places.making());
        swap().heal();
        assertThat(look().content()).isEqualTo(DataFacts.Content.TORN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tornContentsThatNothingIsKnownOfDoNotPileUp(boolean mounted) throws IOException {
        places(mounted);
        make("first");
        swap().run();
        for (int i = 2; i <= 4; i++) {
            Files.delete(places.data().resolve(DataLook.MARKER));
            notes.enter(DataNotes.Phase.REWINDING);
            make("clone-" + i);
            swap().run();
            assertInPlace("clone-" + i);
        }
        Files.delete(places.data().resolve(DataLook.MARKER));
        notes.enter(DataNotes.Phase.REWINDING);
        make("clone-5");
        assertThatThrownBy(swap()::run).hasMessageContaining("3 contents wait aside");
        assertThat(notes.phase()).isEqualTo(DataNotes.Phase.REWINDING);
        assertThat(Files.readString(places.data().resolve(FILE))).isEqualTo("clone-4");
        Path second = places.aside().resolveSibling(places.aside().getFileName() + "-2");
        assertThat(Files.readString(places.aside().resolve(FILE))).isEqualTo("first");
        assertThat(Files.readString(second.resolve(FILE))).isEqualTo("clone-2");
        DurableFile.deleteTree(second);
        swap().run();
        assertInPlace("clone-5");
        assertThat(Files.readString(second.resolve(FILE))).isEqualTo("clone-4");
    }

    @Test
    void whatWasBeingMadeBesideWhenTheVolumeCameIsRemoved() throws IOException {
        make("first");
        swap().run();
        make("beside");
        Path beside = places.making();
        DataPlaces mounted = new DataPlaces(places.data(), WalVolume.NONE, path -> true);
        notes.enter(DataNotes.Phase.SWAPPING);
        new Swap(mounted, notes).heal();
        assertThat(beside).exists();
        notes.enter(DataNotes.Phase.COMPLETE);
        new Swap(mounted, notes).heal();
        assertThat(beside).doesNotExist();
        assertThat(content(places.discard())).isEqualTo("beside");
        mounted.sweep();
        assertThat(places.discard()).doesNotExist();
        assertThat(content(places.data())).isEqualTo("first");
    }

    @Test
    void whatIsKeptInAMountPointIsNoContent() throws IOException {
        places(true);
        Files.createDirectories(places.making());
        Files.createDirectories(places.aside());
        Files.createDirectories(places.data().resolve("pgmahout-foreign-8-2"));
        Files.createDirectories(places.data().resolve("lost+found"));
        assertThat(places.entries()).isEmpty();
        Files.createDirectories(places.data().resolve("pgmahout-else"));
        assertThat(places.entries()).hasSize(1);
    }

    /** The volume that it leads to may come back. */
    @Test
    void aLinkToNothingIsNoEmptyDirectory() throws IOException {
        Path volume = directory.resolve("volume");
        Files.delete(places.data());
        Files.createSymbolicLink(places.data(), volume);
        make("one");
        assertThatThrownBy(places::entries).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(swap()::run).isInstanceOf(NotDirectoryException.class);
        assertThat(places.data()).isSymbolicLink();
        swap().heal();
        assertThat(places.data()).isSymbolicLink();
        assertThat(places.making()).exists();
    }
}
