package io.pgmahout.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoterNoteTest {
    @TempDir
    Path state;

    private VoterNote note;

    @BeforeEach
    void make() {
        note = new VoterNote(state, new MemberName("m1"));
    }

    @Test
    void givesBackWhatWasWrittenDown() throws IOException {
        assertThat(opened()).isEqualTo(VoterFile.fresh(new VoterId("v1")));
        for (String system : new String[] {"7300000000000000001", null}) {
            VoterFile file = new VoterFile(new VoterId("v1"), new Term(4), 1_200, system);
            note.write(file);
            assertThat(opened()).isEqualTo(file);
        }
    }

    @Test
    void readsTheFileOfAnAgentThatWroteDownNoCluster() throws IOException {
        Files.writeString(
                state.resolve("voter.json"),
                "{\"member\":\"m1\",\"voter\":\"v1\",\"promised\":4,\"greatestLeaseMs\":1200}");
        assertThat(opened()).isEqualTo(new VoterFile(new VoterId("v1"), new Term(4), 1_200, null));
    }

    private VoterFile opened() throws IOException {
        return note.open(() -> new VoterId("v1"));
    }
}
