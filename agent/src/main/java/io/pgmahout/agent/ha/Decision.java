package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Version;
import org.jspecify.annotations.Nullable;

/** What a rule decides; applied by {@link Decisions}, never by the rule. */
sealed interface Decision {

    /** Nothing to do, or nothing yet. */
    record Rest() implements Decision {}

    Decision REST = new Rest();

    /** Do something to the server. */
    record Act(ServerAction action) implements Decision {}

    /** Compare-and-set; the permit is shortened and confirmed first where the record may be stricter. */
    record Write(@Nullable Version base, ClusterRecord record, String purpose) implements Decision {}

    record ReadRecord() implements Decision {}

    /** Stop receiving WAL and promise against the record's term. */
    record Withdraw() implements Decision {}

    /** Ask the others to promise against the record's term. */
    record AskPromises() implements Decision {}

    /** End the agent. */
    record Exit(String reason) implements Decision {}
}
