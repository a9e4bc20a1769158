package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.MemberName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The decision table as such, and its page in docs/. */
class RulesTest {
    private static final Path PAGE = Path.of("../docs/rules.md");
    private static final Map<Verdict.Question, Integer> FIRST =
            Map.of(Verdict.Question.SERVER, 100, Verdict.Question.RECORD, 200, Verdict.Question.PROMISE, 300);
    private static final Map<Verdict.Question, String> TITLES = Map.of(
            Verdict.Question.SERVER,
            "What must happen to this member's server?",
            Verdict.Question.RECORD,
            "What must this member write into the record?",
            Verdict.Question.PROMISE,
            "What must this member promise, or ask others to promise?");

    @Test
    void numbersAscendWithinTheRangeOfTheirQuestion() {
        int before = 0;
        for (Verdict rule : Core.rules()) {
            int first = FIRST.getOrDefault(rule.question(), 0);
            assertThat(rule.rule()).as(rule.label()).isGreaterThan(before).isBetween(first, first + 99);
            before = rule.rule();
        }
    }

    @Test
    void namesAndExplanationsCanBeRead() {
        for (Verdict rule : Core.rules()) {
            assertThat(rule.name()).matches("[a-z]+(-[a-z]+)*");
            assertThat(rule.explanation()).as(rule.label()).matches("[A-Z].*\\.");
        }
    }

    @Test
    void namesAreUniqueWithinAQuestion() {
        Map<Verdict.Question, List<String>> names = Core.rules().stream()
                .collect(Collectors.groupingBy(
                        Verdict::question, Collectors.mapping(Verdict::name, Collectors.toList())));
        assertThat(names.values()).allSatisfy(one -> assertThat(one).doesNotHaveDuplicates());
    }

    @Test
    void everyQuestionIsAlwaysAnswered() {
        StoryMember member = new StoryMember(new MemberName("a"));
        AgentState newborn = Core.start(member.self(), Tuning.DEFAULT, member.disk, new Now(0));
        View view = new View(newborn, new Now(0));
        assertThat(List.of(ServerRules.TABLE, RecordRules.TABLE, PromiseRules.TABLE))
                .allSatisfy(
                        table -> assertThat(table.getLast().when().test(view)).isTrue());
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        if ("write".equals(System.getProperty("pgmahout.docs"))) {
            Files.writeString(PAGE, page());
        }
        assertThat(PAGE)
                .describedAs("made again by: mvn -q test -pl agent -am -Dtest=RulesTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dpgmahout.docs=write")
                .hasContent(page());
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Rules

                This page is made from the code; a test fails when it is out of date.

                After every event an agent asks three questions. Each has a table of rules; they are tried in ascending
                order, and the first whose condition holds answers. `pgmahout explain` shows for every member the rule
                that fires now and the facts it looked at; log events and metrics of a decision carry its number and
                name. Transcripts in which a rule fires: `grep -l 'rule.*NUMBER ' agent/src/test/resources/transcripts/*`.
                """);
        for (Verdict.Question question : Verdict.Question.values()) {
            page.append("\n## ")
                    .append(TITLES.get(question))
                    .append("\n\n| rule | name | when, and what follows |\n| --- | --- | --- |\n");
            Core.rules().stream()
                    .filter(rule -> rule.question() == question)
                    .forEach(rule -> page.append("| ")
                            .append(rule.rule())
                            .append(" | `")
                            .append(rule.name())
                            .append("` | ")
                            .append(rule.explanation())
                            .append(" |\n"));
        }
        return page.toString();
    }
}
