package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataNotesTest {

    @TempDir
    private Path directory = Path.of("/");

    private static DataNote note(String data) {
        return new DataNote(new DataId(data), "7", Map.of(Timeline.FIRST, Term.FIRST), false, false);
    }

    @Test
    void whatNeverCameIntoPlaceDoesNotPushOutTheNoteOfWhatIs() throws IOException {
        DataNotes notes = new DataNotes(directory);
        DataId present = new DataId("present");
        notes.put(note("present").leading());
        notes.placed(present);
        for (int i = 1; i <= 3; i++) {
            notes.put(note("clone-" + i));
        }
        assertThat(notes.of(present)).isEqualTo(note("present").leading());
        assertThat(notes.of(new DataId("clone-3"))).isNotNull();
        assertThat(notes.of(new DataId("clone-2"))).isNull();
        notes.put(note("present").with(new Timeline(2), new Term(2)));
        assertThat(notes.of(new DataId("clone-3"))).isNotNull();
        notes.placed(new DataId("clone-3"));
        notes.put(note("clone-4"));
        assertThat(notes.of(present)).isNull();
    }
}
