package io.pgmahout.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.EventCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EventCatalogueTest {

    private static final Path PAGE = Path.of("..", "docs", "events.md");

    @Test
    void thePageIsUpToDate() throws IOException {
        if (Boolean.getBoolean("regenerate")) {
            Files.writeString(PAGE, EventCatalogue.markdown());
        }
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("docs/events.md is stale; regenerate it with: mvn -q test -pl agent -am -Dtest=EventCatalogueTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dregenerate=true")
                .isEqualTo(EventCatalogue.markdown());
    }

    @Test
    void everyEventIsDocumented() {
        Set<EventCode.Field> used = new HashSet<>();
        for (EventCode code : EventCode.values()) {
            assertThat(code.sentence()).as(code.name()).endsWith(".").hasSizeGreaterThan(10);
            assertThat(code.advice()).as(code.name()).endsWith(".").hasSizeGreaterThan(5);
            assertThat(code.fields()).as(code.name()).doesNotHaveDuplicates();
            used.addAll(code.fields());
        }
        assertThat(Arrays.stream(EventCode.Field.values()).map(EventCode.Field::key))
                .doesNotHaveDuplicates()
                .allMatch(key -> key.matches("[a-z][a-zA-Z]+"))
                .doesNotContain("event", "cluster", "member", "term", "timeline", "rule", "message", "level");
        assertThat(used).as("fields that no event carries").containsExactlyInAnyOrder(EventCode.Field.values());
    }
}
