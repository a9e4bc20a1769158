package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The stories in {@code src/test/resources/transcripts}: each goes as it is written there. To write down what happens
 * now, for a reviewer to read the difference: {@code mvn test -pl agent -am -Dtest=TranscriptsTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dpgmahout.transcripts=write}.
 */
class TranscriptsTest {
    private static final Path FOLDER = Path.of("src/test/resources/transcripts");
    private static final boolean WRITE = "write".equals(System.getProperty("pgmahout.transcripts"));
    private static final Pattern RULES = Pattern.compile("(?m)^ *-?\\d+  \\S+  rule (.*)$");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void goesAsWritten(Path file) throws IOException {
        String written = Files.readString(file);
        String played = Transcript.parse(written).played().text();
        if (WRITE) {
            Files.writeString(file, played);
        } else {
            assertThat(played).as(file.toString()).isEqualTo(written);
        }
    }

    @Test
    void everyRuleFiresInSomeTranscript() throws IOException {
        Set<String> fired = new TreeSet<>();
        for (Path file : files()) {
            Matcher lines = RULES.matcher(Files.readString(file));
            while (lines.find()) {
                fired.addAll(List.of(lines.group(1).split(", ")));
            }
        }
        Set<String> all = Core.rules().stream().map(Verdict::label).collect(Collectors.toCollection(TreeSet::new));
        all.removeAll(fired);
        assertThat(all).as("rules that fire in no transcript").isEmpty();
    }

    @Test
    void everyTranscriptTellsWhatItIsAbout() throws IOException {
        for (Path file : files()) {
            Transcript transcript = Transcript.parse(Files.readString(file));
            assertThat(transcript.title()).as(file.toString()).doesNotContain("----");
            assertThat(transcript.blocks()).as(file.toString()).isNotEmpty();
        }
    }
}
