package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(AsPostgres.class)
class SwapTest {

    private static final String FILE = "base/file";
    private static final List<String> ENTRIES = List.of("base", "global", DataLook.MARKER);

    @TempDir
    private Path directory = Path.of("/");

    private DataPlaces places = new DataPlaces(Path.of("/"), false);
    private DataNotes notes = new DataNotes(Path.of("/"));

    @BeforeEach
    void setUp() throws IOException {
        notes = new DataNotes(directory);
        places(false);
    }

    private void places(boolean mounted) throws IOException {
        places = new DataPlaces(Files.createDirectories(directory.resolve("data")), mounted);
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
                new DataNote(new DataId(name), Long.toString(system), Map.of(Timeline.FIRST, Term.FIRST), false, led),
                DataLook.marked(places.data()));
    }

    private static void write(Path content, String name, long system) throws IOException {
        Files.createDirectories(content.resolve("base"));
        Files.createDirectories(content.resolve("global"));
        Files.writeString(content.resolve(FILE), name);
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
    @ValueSource(booleans = {false, true})
    void aSwapThatWasCutOffBetweenItsRenamesIsEnded(boolean second) throws IOException {
        make("first");
        swap().run();
        make("second");
        if (second) {
            swap().run();
            make("third");
        }
        Files.move(places.data(), second ? places.discard() : places.aside());
        swap().heal();
        assertInPlace(second ? "third" : "second");
        assertThat(content(places.aside())).isEqualTo("first");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
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
    @ValueSource(ints = {0, 1, 2, 3})
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
        assertThat(notes.phase()).isEqualTo(DataNotes.Phase.MOVING);
        make("second");
        swap().run();
        assertInPlace("second");
        assertThat(content(places.aside())).isEqualTo("first");
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
