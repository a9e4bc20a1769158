package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.WalPosition;

/**
 * How far a member's data reaches, told while there is no cluster: whoever has most forms it again.
 *
 * @param position as far as it can be told without starting the server
 * @param primary whether it is a primary's directory, which can be started in place
 */
public record Reach(WalPosition position, boolean primary) {

    /** Of two that reach equally far the primary's goes first: the others can follow it as they are. */
    boolean goesBefore(Reach other) {
        int order = position.compareTo(other.position);
        return order > 0 || order == 0 && primary && !other.primary;
    }
}
