package io.pgmahout.agent.ha;

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
}
