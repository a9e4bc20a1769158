package io.pgmahout.agent.ha;

/** An action under way. */
record Doing(long id, ServerAction action, long sinceMs) {}
