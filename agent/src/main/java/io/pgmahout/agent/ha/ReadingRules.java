package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;
import static io.pgmahout.agent.ha.Rule.waits;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import java.util.List;

/** Whether the record is known and there, and nothing about it is under way: rules 200 to 207. */
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
                    View::foreignSystem),
            new Rule(
                    206,
                    "make-anew",
                    "The record was removed while this member holds the term and its leases last: it makes it anew, of a higher"
                            + " term.",
                    view -> gone(view) && Permits.leasesLast(view),
                    view -> new Decision.Write(null, anew(view), "make anew")),
            waits(
                    207,
                    "record-gone",
                    "The record was removed. Only a holder whose leases last makes it anew.",
                    view -> gone(view) && !(view.retiring() && !view.leads())));

    private ReadingRules() {}

    private static boolean gone(View view) {
        return view.hasRecord() && view.state.book().absent();
    }

    /** Above every term that may have been in the store: a write whose fate is open may have been the last one there. */
    private static ClusterRecord anew(View view) {
        Term greatest = view.term();
        for (Writes.Pending pending : view.state.writes().unknown()) {
            Term term = pending.record().term();
            greatest = term.compareTo(greatest) > 0 ? term : greatest;
        }
        return view.record()
                .draft()
                .term(greatest.next())
                .takeover(TakeoverRule.TTL)
                .as(view.nextWriteId());
    }
}
