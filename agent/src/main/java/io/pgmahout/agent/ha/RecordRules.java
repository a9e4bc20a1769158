package io.pgmahout.agent.ha;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What this member must write into the record: rules 200 to 299, in the order in which they are tried. */
final class RecordRules {

    /** Rules that fire for a moment between two firings of another: they change nobody's view of why. */
    static final Set<Integer> ROUTINE = Set.of(200, 202, 238, 248);

    static final List<Rule> TABLE = Stream.of(
                    ReadingRules.RULES,
                    FormingRules.RULES,
                    OperatorRules.WITHOUT_HOLDER,
                    HandoverRules.RULES,
                    AffirmingRules.RULES,
                    OperatorRules.OF_HOLDER,
                    HoldingRules.RULES,
                    CandidateRules.RULES)
            .flatMap(List::stream)
            .toList();

    private RecordRules() {}
}
