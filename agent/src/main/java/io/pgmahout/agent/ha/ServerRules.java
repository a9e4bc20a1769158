package io.pgmahout.agent.ha;

import java.util.List;
import java.util.stream.Stream;

/** What must happen to this member's server: rules 100 to 199, in the order in which they are tried. */
final class ServerRules {

    static final List<Rule> TABLE = Stream.of(
                    GuardRules.RULES, PrimaryRules.RULES, AloofRules.RULES, RebuildingRules.RULES, FollowingRules.RULES)
            .flatMap(List::stream)
            .toList();

    private ServerRules() {}
}
