package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReferenceTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void everyKeyIsThere() {
        assertThat(Keys.ALL)
                .allSatisfy(key -> assertThat(Reference.markdown())
                        .contains("| `" + key.name() + "`")
                        .contains(key.sentence()));
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        if ("write".equals(System.getProperty("pgmahout.docs"))) {
            Files.writeString(PAGE, Reference.markdown());
        }
        assertThat(PAGE)
                .describedAs("made again by: mvn -q -pl config test -Dtest=ReferenceTest -Dpgmahout.docs=write")
                .hasContent(Reference.markdown());
    }
}
