package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;

import java.util.List;

/** Whether the record is known, and nothing about it is under way: rules 200 to 205. */
final class ReadingRules {

    static final List<Rule> RULES = List.of(
            rest(
                    200,
                    "write-under-way",
                    "A write of the record is under way.",
                    view -> !view.state.writes().idle()),
            rest(201, "gate-silent", "The gate has not told its state yet.", view -> view.state.gate() == null),
            rest(
                    202,
                    "read-under-way",
                    "The record is being read.",
                    view -> view.state.book().readId() != 0),
            rest(
                    203,
                    "store-pause",
                    "The store failed a moment ago; it is asked again soon.",
                    view -> view.before(view.state.book().retryMs())),
            new Rule(
                    204,
                    "read",
                    "The record must be read: never read yet, or a write's outcome is unknown.",
                    view -> view.state.book().stale(),
                    view -> new Decision.ReadRecord()),
            rest(
                    205,
                    "another-cluster",
                    "This member's data belongs to another cluster, by its system identifier.",
                    View::foreignSystem));

    private ReadingRules() {}
}
