package io.pgmahout.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonLineTest {

    @Test
    void aPlainLineIsRead() {
        assertThat(DaemonLine.parse("agent")).isEqualTo(new DaemonLine(Optional.empty(), Map.of()));
        assertThat(DaemonLine.parse("agent", "--set", "log.level=DEBUG", "--config", "a.yaml", "--set", "cluster=x=y"))
                .isEqualTo(
                        new DaemonLine(Optional.of(Path.of("a.yaml")), Map.of("log.level", "DEBUG", "cluster", "x=y")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "status",
                "status --config a.yaml",
                "agent --help",
                "agent --config",
                "agent --config a --config b",
                "agent --config=a.yaml",
                "agent --config --set",
                "agent --set cluster",
                "agent --set =x",
                "agent --set a=1 --set a=2",
                "agent a.yaml",
                "agent --sett a=1"
            })
    void allElseIsForTheLibrary(String line) {
        assertThat(DaemonLine.parse(line.isEmpty() ? new String[0] : line.split(" ")))
                .isNull();
    }
}
