package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Incarnation;
import org.jspecify.annotations.Nullable;

/**
 * What the gate says of itself and its server (docs/gate.md).
 *
 * @param launch grows with every start of the server
 * @param writable whether the server runs and is not a standby by its files
 * @param seq the core's number of the permit that is in force, 0 when it is none of this agent's
 * @param exit how the last server ended, null while one runs or none ever did; told only once none of its
 *     processes is left
 * @param permitMs the deadline in force when the gate wrote this
 * @param terminating whether the gate was asked to end and waits for a hand-over
 */
public record GateFacts(
        Incarnation incarnation,
        Processes process,
        boolean startedAsPrimary,
        boolean writable,
        long launch,
        long seq,
        @Nullable String exit,
        long permitMs,
        boolean terminating) {

    /** The life of the server's processes. */
    public enum Processes {
        NONE,
        RUNNING,
        STOPPING,
        FROZEN,
        KILLING
    }

    boolean gone() {
        return process == Processes.NONE;
    }
}
