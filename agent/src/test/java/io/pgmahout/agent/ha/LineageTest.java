package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How data relates to a history; branches are written {@code term:timeline[@start]}. */
class LineageTest {

    @ParameterizedTest(name = "{0}: {5}")
    @CsvSource(
            nullValues = "-",
            value = {
                "on the current branch,           1:1@0/0 3:2@0/3000,         1:1 3:2, 2, 0/5000, CURRENT",
                "its end is not needed there,     1:1@0/0 3:2@0/3000,         1:1 3:2, 2, -,      CURRENT",
                "a start that is not told yet,    1:1@0/0 3:2@?,              1:1 3:2, 2, 0/5000, CURRENT",
                "before the fork,                 1:1@0/0 3:2@0/3000,         1:1,     1, 0/2000, ANCESTOR",
                "at the fork,                     1:1@0/0 3:2@0/3000,         1:1,     1, 0/3000, ANCESTOR",
                "past the fork,                   1:1@0/0 3:2@0/3000,         1:1,     1, 0/3001, DIVERGED",
                "past the fork by the high half,  1:1@0/0 3:2@0/3000,         1:1,     1, 1/0,    DIVERGED",
                "an unsigned position,            1:1@0/0 3:2@F0000000/0,     1:1,     1, 0/5,    ANCESTOR",
                "its end is not known,            1:1@0/0 3:2@0/3000,         1:1,     1, -,      DIVERGED",
                "the fork is not known,           1:1@0/0 3:2@?,              1:1,     1, 0/2000, UNKNOWN",
                "past the first of two forks,     1:1@0/0 2:2@0/3000 5:3@0/4, 1:1 2:2, 1, 0/3001, DIVERGED",
                "on the middle one,               1:1@0/0 2:2@0/3 5:3@0/4000, 1:1 2:2, 2, 0/3500, ANCESTOR",
                "a timeline nobody has,           1:1@0/0 3:2@0/3000,         1:1 2:7, 7, 0/3500, DIVERGED",
                "the same id in another term,     1:1@0/0 3:2@0/3000,         1:1 2:2, 2, 0/3500, CONFLICTING",
                "the same even at the same LSN,   1:1@0/0 3:2@0/3000,         1:1 2:2, 2, 0/3000, CONFLICTING",
                "an older one in another term,    1:1@0/0 3:2@0/3000 4:3@0/5, 1:1 2:2 4:3, 3, 0/6, CONFLICTING",
                "a known id without a note,       1:1@0/0 3:2@0/3000,         -,       2, 0/3500, CONFLICTING",
                "no note of an unknown id,        1:1@0/0 3:2@0/3000,         -,       7, 0/3500, DIVERGED",
                "no timeline,                     1:1@0/0 3:2@0/3000,         1:1,     -, 0/3500, UNKNOWN",
                "no history,                      -,                          1:1,     1, 0/3500, UNKNOWN",
                "an id used twice in the history, 1:1@0/0 2:2@0/2 5:2@0/3000, 1:1 5:2, 2, 0/4000, CONFLICTING",
            })
    void relates(
            String what,
            @Nullable String history,
            @Nullable String notes,
            @Nullable Integer timeline,
            @Nullable String end,
            Lineage expected) {
        Map<Timeline, Term> branches = new HashMap<>();
        branches(notes).forEach(branch -> branches.put(branch.timeline(), branch.term()));
        assertThat(Lineage.of(
                        branches(history),
                        branches,
                        timeline == null ? null : new Timeline(timeline),
                        end == null ? null : Lsn.parse(end)))
                .isEqualTo(expected);
    }

    private static List<Branch> branches(@Nullable String text) {
        List<Branch> branches = new ArrayList<>();
        for (String one : text == null ? new String[0] : text.split(" ", -1)) {
            String[] parts = one.split("[:@]", -1);
            boolean started = parts.length > 2 && !parts[2].equals("?");
            branches.add(new Branch(
                    new Term(Long.parseLong(parts[0])),
                    new Timeline(Integer.parseInt(parts[1])),
                    started ? Lsn.parse(parts[2]) : null));
        }
        return branches;
    }
}
