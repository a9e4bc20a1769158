package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Version;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One row of the decision table.
 *
 * @param number stable, unique; rows are tried in ascending order, the first that matches wins
 * @param name stable, for logs and metrics
 * @param explanation a sentence for an operator
 */
record Rule(int number, String name, String explanation, Predicate<View> when, Function<View, Decision> then) {

    static Rule rest(int number, String name, String explanation, Predicate<View> when) {
        return new Rule(number, name, explanation, when, view -> Decision.REST);
    }

    static Rule act(
            int number, String name, String explanation, Predicate<View> when, Function<View, ServerAction> then) {
        return new Rule(number, name, explanation, when, view -> new Decision.Act(then.apply(view)));
    }

    /** A write of the record, made from what is known of it. */
    static Rule write(
            int number,
            String name,
            String explanation,
            Predicate<View> when,
            Function<View, ClusterRecord.Draft> draft,
            String purpose) {
        return new Rule(number, name, explanation, when, view -> {
            Version base = view.stored() == null ? null : view.stored().version();
            return new Decision.Write(base, draft.apply(view).as(view.nextWriteId()), purpose);
        });
    }

    /** Nothing to write; the record is read again in time, behind the watch. */
    static Rule waits(int number, String name, String explanation, Predicate<View> when) {
        return new Rule(
                number, name, explanation, when, view -> view.pollsLater() ? Decision.REST : new Decision.ReadRecord());
    }
}
