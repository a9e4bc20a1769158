package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewoundWalTest {

    @TempDir
    private Path data = Path.of("/");

    @BeforeEach
    void rewound() throws IOException {
        Files.createDirectories(data.resolve("pg_wal/archive_status"));
        Files.writeString(data.resolve("backup_label"), """
                START WAL LOCATION: 1/FE000028 (file 0000000100000001000000FE)
                CHECKPOINT LOCATION: 1/FE000060
                BACKUP METHOD: pg_rewind
                """);
    }

    private void has(String... segments) throws IOException {
        for (String segment : segments) {
            Files.writeString(data.resolve("pg_wal").resolve(segment), "");
        }
    }

    @Test
    void theFirstSegmentThatRecoveryNeedsMayBeOfAnyTimeline() throws IOException {
        has("0000000200000001000000FE", "000000020000000200000000", "00000002.history");
        assertThat(RewoundWal.missing(data)).isNull();
    }

    @Test
    void aSegmentThatTheSourceHadRecycledIsMissing() throws IOException {
        has("0000000200000001000000FF", "000000020000000200000000");
        assertThat(RewoundWal.missing(data)).isEqualTo("00000001000000FE");
    }

    @Test
    void whatIsNewerThanAllThatIsThereIsStreamed() throws IOException {
        has("0000000100000001000000FD");
        assertThat(RewoundWal.missing(data)).isNull();
    }

    @Test
    void whereNothingHadToBeRewoundNothingIsMissing() throws IOException {
        Files.delete(data.resolve("backup_label"));
        assertThat(RewoundWal.missing(data)).isNull();
    }

    @Test
    void aLabelThatSaysNothingIsAnError() throws IOException {
        Files.writeString(data.resolve("backup_label"), "LABEL: none\n");
        assertThatThrownBy(() -> RewoundWal.missing(data)).isInstanceOf(IOException.class);
    }
}
