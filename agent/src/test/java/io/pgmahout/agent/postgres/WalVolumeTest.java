package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of contents whose WAL lies on a volume of its own. */
@ExtendWith(AsPostgres.class)
class WalVolumeTest {

    private static final List<String> ENTRIES = List.of("PG_VERSION", "base", "global", "pg_wal", DataLook.MARKER);

    @TempDir
    private Path directory = Path.of("/");

    private Path volume = Path.of("/");
    private DataPlaces places = new DataPlaces(Path.of("/"), WalVolume.NONE, path -> false);
    private DataNotes notes = new DataNotes(Path.of("/"));

    @BeforeEach
    void setUp() throws IOException {
        notes = new DataNotes(directory);
        volume = Files.createDirectory(directory.resolve("wal"));
        places(false);
    }

    private void places(boolean mounted) throws IOException {
        places = new DataPlaces(
                Files.createDirectories(directory.resolve("data")), volume("one", volume), path -> mounted);
    }

    static WalVolume volume(String member, Path directory) {
        return WalVolume.of(new PostgresSettings(
                new MemberName(member),
                directory.resolveSibling("data"),
                directory,
                "127.0.0.1",
                5432,
                directory,
                new PostgresSettings.Login("postgres", "x"),
                new PostgresSettings.Login("replicator", "x"),
                Map.of(),
                List.of(),
                PostgresSettings.Bootstrap.DEFAULT,
                PostgresSettings.Copying.DEFAULT));
    }

    private Swap swap() {
        return new Swap(places, notes);
    }

    private void make(String name) throws IOException {
        make(name, 7, false);
    }

    /** As initdb or pg_basebackup leave it with --waldir, and completed. */
    private void make(String name, long system, boolean led) throws IOException {
        Path making = places.clearMaking();
        places.dropUnusedWal(notes);
        DataId data = new DataId(name);
        String place = places.wal().freeName(data);
        notes.makingWal(place);
        SwapTest.write(making, name, system);
        Path wal = WalVolume.wal(places.wal().make(place, data));
        Files.move(WalVolume.wal(making), wal);
        Files.createSymbolicLink(WalVolume.wal(making), wal);
        notes.put(new DataNote(data, Long.toString(system), Map.of(Timeline.FIRST, Term.FIRST), false, led));
    }

    private void placed(String... names) throws IOException {
        for (String name : names) {
            make(name);
            swap().run();
        }
    }

    private static String wal(Path content) throws IOException {
        assertThat(WalVolume.wal(content)).isSymbolicLink();
        return Files.readString(content.resolve(SwapTest.SEGMENT));
    }

    private void assertContent(Path content, String name) throws IOException {
        assertThat(DataLook.marked(content)).isEqualTo(new DataId(name));
        assertThat(wal(content)).isEqualTo(name);
    }

    private DataFacts look() {
        return new DataLook(places, notes).facts(0, null, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachContentKeepsItsWalAndTakesItAway(boolean mounted) throws IOException {
        places(mounted);
        placed("first", "second", "third");
        assertContent(places.data(), "third");
        assertContent(places.aside(), "first");
        assertThat(look().content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(places.wal().places()).containsExactlyInAnyOrder(volume.resolve("first"), volume.resolve("third"));
        places.forget();
        assertContent(places.data(), "third");
        assertThat(places.wal().places()).containsExactly(volume.resolve("third"));
        assertThat(notes.makingWal()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "false, 2", "true, 0", "true, 1", "true, 2"})
    void aSwapThatWasCutOffAmidItsRenamesLosesNoWal(boolean second, int renamed) throws IOException {
        placed("first");
        if (second) {
            placed("second");
        }
        make("last");
        notes.enter(DataNotes.Phase.SWAPPING);
        if (renamed > 0) {
            Files.move(places.data(), second ? places.discard() : places.aside());
        }
        if (renamed > 1) {
            Files.move(places.making(), places.data());
        }
        heal();
        assertContent(places.data(), "last");
        assertContent(places.aside(), "first");
        places.sweep();
        assertThat(places.wal().places()).containsExactlyInAnyOrder(volume.resolve("first"), volume.resolve("last"));
        assertThat(look().content()).isEqualTo(DataFacts.Content.COMPLETE);
    }

    /** As an agent does it that starts. */
    private void heal() throws IOException {
        swap().heal();
        new WalMove(places, notes).heal();
    }

    @ParameterizedTest
    @CsvSource({
        "MOVING, 0",
        "MOVING, 3",
        "MOVING, 4",
        "MOVING, 5",
        "FILLING, 0",
        "FILLING, 3",
        "FILLING, 4",
        "FILLING, 5"
    })
    void aMoveThatWasCutOffLosesNoWal(DataNotes.Phase phase, int moved) throws IOException {
        places(true);
        placed("first");
        make("last");
        notes.enter(phase);
        boolean out = phase == DataNotes.Phase.MOVING;
        Path former = Files.createDirectories(out ? places.leaving() : places.aside());
        for (String entry : out ? ENTRIES.subList(0, moved) : ENTRIES) {
            Files.move(places.data().resolve(entry), former.resolve(entry));
        }
        for (String entry : out ? List.<String>of() : ENTRIES.subList(0, moved)) {
            Files.move(places.making().resolve(entry), places.data().resolve(entry));
        }
        heal();
        assertContent(places.data(), "last");
        assertContent(places.aside(), "first");
        assertThat(places.wal().places()).containsExactlyInAnyOrder(volume.resolve("first"), volume.resolve("last"));
    }

    @Test
    void whatWasBeingMadeIsDeletedWithItsPlaceAlsoBeforeItsLink() throws IOException {
        placed("first");
        make("cut");
        Files.delete(WalVolume.wal(places.making()));
        heal();
        assertThat(volume.resolve("cut")).doesNotExist();
        assertThat(notes.makingWal()).isNull();

        make("cut");
        heal();
        assertThat(volume.resolve("cut")).as("what is being made links to it").exists();
        placed("second");
        assertThat(places.wal().places()).containsExactlyInAnyOrder(volume.resolve("first"), volume.resolve("second"));
        assertContent(places.aside(), "first");
    }

    /** The place is noted as being made until the content is noted as being in place. */
    @Test
    void whereTheNoteOfItsPlacingWasCutOffTheWalStays() throws IOException {
        make("first");
        Files.delete(places.data());
        Files.move(places.making(), places.data());
        assertThat(notes.placed()).isNull();
        heal();
        assertContent(places.data(), "first");
        assertThat(notes.makingWal()).isNull();
        placed("second");
        assertContent(places.aside(), "first");
    }

    @Test
    void aPlaceThatTwoContentsLinkToIsNotDeletedWithTheFirst() throws IOException {
        placed("first");
        // Copied by hand.
        SwapTest.write(places.discard(), "copy", 7);
        DurableFile.deleteTree(WalVolume.wal(places.discard()));
        Files.createSymbolicLink(WalVolume.wal(places.discard()), WalVolume.wal(volume.resolve("first")));
        places.sweep();
        assertThat(places.discard()).doesNotExist();
        assertContent(places.data(), "first");
    }

    @Test
    void whatLiesElsewhereIsNotDeleted() throws IOException {
        placed("first");
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/pg_wal"));
        for (Path target : List.of(
                elsewhere, elsewhere.resolve(".."), volume, Files.createDirectories(volume.resolve("x/y/pg_wal")))) {
            SwapTest.write(places.discard(), "linked", 7);
            DurableFile.deleteTree(WalVolume.wal(places.discard()));
            Files.createSymbolicLink(WalVolume.wal(places.discard()), target);
            places.sweep();
            assertThat(places.discard()).doesNotExist();
            assertThat(target).exists();
        }
        assertContent(places.data(), "first");
    }

    @Test
    void withoutItsWalDataIsMissingAndComesBackWithIt() throws IOException {
        placed("first");
        Path away = directory.resolve("away");
        Files.move(volume, away);
        assertMissing("first/pg_wal", "does not exist", "is the WAL volume mounted?");
        Files.createDirectory(volume);
        assertMissing("is empty", "mounted, or was it made anew?");
        Files.createDirectories(volume.resolve("lost+found"));
        assertMissing("is empty");
        Path other = volume("two", volume).make("theirs", new DataId("theirs"));
        assertMissing("holds WAL of member two", "another member's volume");
        assertThat(places.wal().problem()).contains("holds WAL of member two");
        DurableFile.deleteTree(other);
        places.wal().make("older", new DataId("older"));
        assertMissing("other data of this member");
        DurableFile.deleteTree(volume);
        Files.move(away, volume);
        DataFacts back = look();
        assertThat(back.content()).isEqualTo(DataFacts.Content.COMPLETE);
        assertThat(back.data()).isEqualTo(new DataId("first"));
        Files.delete(places.data().resolve(SwapTest.SEGMENT));
        assertMissing("holds no WAL");
        Files.delete(WalVolume.wal(places.data()));
        assertMissing("pg_wal is not there");
    }

    private void assertMissing(String... words) {
        assertThat(look().problem()).contains(words);
        assertThat(look().content()).isEqualTo(DataFacts.Content.MISSING);
        assertThat(look().data()).isNull();
    }

    /** A server that runs has its files; the gate sees to it that it ends where its directory was covered. */
    @Test
    void whileAServerRunsItsWalIsNotLookedFor() throws IOException {
        placed("first");
        Files.move(volume, directory.resolve("away"));
        assertThat(new DataLook(places, notes).facts(0, null, true).content()).isEqualTo(DataFacts.Content.COMPLETE);
    }

    /** Nobody's clone goes over it, and it is not adopted. */
    @Test
    void dataFromElsewhereWithoutItsWalIsRefused() throws IOException {
        placed("first");
        Files.writeString(places.data().resolve(DataLook.MARKER), "elsewhere\n");
        Files.move(volume, directory.resolve("away"));
        assertThat(look().content()).isEqualTo(DataFacts.Content.FOREIGN);
        assertThat(look().problem()).contains("is the WAL volume mounted?");
    }

    @Test
    void whatLacksItsWalIsMovedAsideByACloneAndNotDeleted() throws IOException {
        placed("first");
        Path away = directory.resolve("away");
        Files.move(volume, away);
        Files.createDirectory(volume);
        placed("second");
        assertContent(places.data(), "second");
        Files.move(away.resolve("first"), volume.resolve("first"));
        assertContent(places.aside(), "first");
    }

    @Test
    void anEmptyDirectoryWhoseWalIsThereIsNotNew() throws IOException {
        make("cut");
        assertThat(look().content()).as("of an initdb that was cut off").isEqualTo(DataFacts.Content.EMPTY);
        placed("first");
        Path state = Files.createDirectory(directory.resolve("state"));
        notes = new DataNotes(state);
        DurableFile.deleteTree(places.data());
        assertThat(look().content()).isEqualTo(DataFacts.Content.MISSING);
        assertThat(look().problem()).contains(places.data() + " is empty", volume.resolve("first") + " is WAL");
        assertThat(places.strayWal(notes)).containsExactly(volume.resolve("first"));
    }

    @Test
    void whyNoPlaceCanBeMade() throws IOException {
        assertThat(problem("one", directory.resolve("no"))).contains("is not there: is the WAL volume mounted?");
        assertThat(problem("one", volume)).isNull();
        places.wal().make("mine", new DataId("mine"));
        assertThat(problem("one", volume)).isNull();
        assertThat(problem("two", volume)).contains("holds WAL of member one");
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("r-x------"));
        assertThat(problem("one", volume)).contains("cannot be written");
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwx------"));
        assertThat(places.wal().freeName(new DataId("mine"))).isEqualTo("mine-2");
        for (String name : List.of("../x", ".", "..")) {
            assertThatThrownBy(() -> places.wal().freeName(new DataId(name))).hasMessageContaining(name);
        }
    }

    private static @Nullable String problem(String member, Path directory) throws IOException {
        return volume(member, directory).problem();
    }
}
