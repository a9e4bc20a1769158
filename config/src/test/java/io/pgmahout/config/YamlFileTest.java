package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFileTest {
    @TempDir
    Path directory = Path.of("/");

    @Test
    void valuesAreTakenAsTheyAreWritten() {
        var loaded = Fixture.valid(Fixture.loadFile(
                directory,
                "postgres.parameters:",
                "  unix_socket_permissions: 0700",
                "  ssl: on",
                "  a.time: 12:30:00",
                "  a.date: 2026-11-22",
                "  a.quoted: '  it''s  '",
                "  a.big: 1_000",
                "  a.null: 'null'",
                "  a.unicode: \"\\u00e4\"",
                "  a.folded: >-",
                "    one",
                "    two"));
        assertThat(loaded.settings().postgres().parameters())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "unix_socket_permissions", "0700",
                        "ssl", "on",
                        "a.time", "12:30:00",
                        "a.date", "2026-11-22",
                        "a.quoted", "  it's  ",
                        "a.big", "1_000",
                        "a.null", "null",
                        "a.unicode", "ä",
                        "a.folded", "one two"));
    }

    @Test
    void listsOfNoneOneAndSome() {
        assertThat(hba("postgres.pg-hba: []")).isEmpty();
        assertThat(hba("postgres.pg-hba: [local all all trust]")).containsExactly("local all all trust");
        assertThat(hba("postgres:", "  pg-hba:", "  - local a,b all trust", "  - host all all 10.0.0.0/8 md5"))
                .containsExactly("local a,b all trust", "host all all 10.0.0.0/8 md5");
    }

    @Test
    void itemsOfAListKnowTheirLines() {
        assertThat(Fixture.problems(
                        Fixture.loadFile(directory, "gossip:", "  peers:", "  - 127.0.0.1:1", "  - b", "  - c")))
                .extracting(problem -> problem.origin() + " " + problem.value().orElse(""))
                .containsExactly(
                        directory.resolve("pgmahout.yaml") + ":10 b", directory.resolve("pgmahout.yaml") + ":11 c");
    }

    @Test
    void emptySectionsAreNoProblem() {
        assertThat(Fixture.problems(Fixture.loadFile(directory, "failover:", "postgres.parameters:", "gossip: {}")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log.level:                     | log.level           | has no value",
                "log.level: ~                   | log.level           | has no value",
                "postgres.parameters: {a: }     | postgres.parameters.a | has no value",
                "nothing:                       | nothing             | is not a key",
                "log: {level: info, level: warn} | log.level          | is here a second time",
                "cluster: other                 | cluster             | is here a second time",
                "log: {level: !secret info}     | log.level           | has a YAML tag",
                "log: !section {a: b}           | log                 | has a YAML tag",
                "callback.command: [/bin/x, [y]] | callback.command   | has an item that is not a plain value",
                "callback.command: [/bin/x, ~]  | callback.command    | has an item that is not a plain value",
                "callback.command: [!x /bin/x]  | callback.command    | has an item that is not a plain value",
                "? [a, b] : c                   | ''                  | has a key that is not a plain name",
                "log.level: ${env:NONE}         | log.level           | uses ${env:NONE}, but NONE is not set",
            })
    void whatYamlAllowsAndWeDoNot(String line, String key, String reason) {
        assertThat(Fixture.problems(Fixture.loadFile(directory, line)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo(key);
                    assertThat(problem.origin()).isEqualTo(new Origin.File(directory.resolve("pgmahout.yaml"), 7));
                    assertThat(problem.reason()).startsWith(reason);
                });
    }

    @Test
    void aliasesAreRefusedEvenWhenTheyGoInCircles() {
        assertThat(Fixture.problems(
                        Fixture.loadFile(directory, "failover: &a", "  x: *a", "log: &b {level: info}", "gossip: *b")))
                .extracting(Problem::key)
                .containsExactly("failover.x", "gossip");
    }

    @Test
    void aBrokenFileIsTheOnlyThingReportedOfIt() {
        assertThat(Fixture.problems(Fixture.loadFile(directory, "log: {", "  level info")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.line()).startsWith(directory.resolve("pgmahout.yaml") + ":");
                    assertThat(problem.line()).contains(": is not YAML: ");
                });
        assertThat(reason("- a\n")).isEqualTo("is not a YAML mapping of keys to values");
        assertThat(reason("a: 1\n---\nb: 2\n")).startsWith("is not YAML: ");
        assertThat(reason("a: !!java.net.URL {b: c}\n")).startsWith("is not YAML: ");
        assertThat(reason("a: \u0007\n")).startsWith("is not YAML: ");
        assertThat(reason("a: b\n".repeat(300_000))).contains("more than 1048576 bytes");
    }

    @Test
    void aFileThatCannotBeReadSaysSo() throws IOException {
        assertThat(reasonOf(directory.resolve("none.yaml"))).isEqualTo("does not exist");
        assertThat(reasonOf(directory)).startsWith("cannot be read: ");
        Path latin = directory.resolve("latin.yaml");
        Files.write(latin, "a: ä".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(reasonOf(latin)).isEqualTo("is not UTF-8 text");
    }

    private List<String> hba(String... lines) {
        return Fixture.valid(Fixture.loadFile(directory, lines))
                .settings()
                .postgres()
                .pgHba();
    }

    private String reason(String content) {
        return reasonOf(Fixture.write(directory.resolve("other.yaml"), content, "rw-r--r--"));
    }

    private static String reasonOf(Path file) {
        var problems = Fixture.problems(Configuration.load(Optional.of(file), Map.of(), Map.of()));
        assertThat(problems).hasSize(1);
        return problems.getFirst().reason();
    }
}
