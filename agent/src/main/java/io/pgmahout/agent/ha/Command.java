package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks of this member through its admin port. Answered by {@link Effect.Answer} under the same id:
 * at once when refused, else when done or given up; in between by {@link Effect.Progress}.
 */
public sealed interface Command {
    String id();

    /**
     * The holder hands over to {@code target}, or to the best member. Asked of the holder.
     *
     * @param dryRun say what would happen, change nothing
     */
    record Switchover(String id, @Nullable MemberName target, boolean dryRun) implements Command {}

    /**
     * This member leads although nobody hands over. Asked of the member that shall lead.
     *
     * @param allowDataLoss also when another is more advanced, out of reach, or lag is beyond the limit
     * @param holderIsOff the operator's word that the holder is off: stands for a promise that cannot be had
     */
    record Failover(String id, boolean allowDataLoss, boolean holderIsOff, boolean dryRun) implements Command {}

    record Pause(String id) implements Command {}

    record Resume(String id) implements Command {}

    /** Restart this member's server. */
    record Restart(String id) implements Command {}

    /** Clone this standby's data directory again. */
    record Reinitialize(String id) implements Command {}

    /** The agent is about to be stopped or replaced: leave TTL behind and a permit that reaches to it, then exit. */
    record Retire(String id) implements Command {}
}
