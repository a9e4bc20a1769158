package io.pgmahout.agent.ha;

/**
 * A command that is under way.
 *
 * @param begun whether what it asks for has begun
 */
record Asked(Command command, long sinceMs, boolean begun) {
    Asked beginning() {
        return new Asked(command, sinceMs, true);
    }
}
