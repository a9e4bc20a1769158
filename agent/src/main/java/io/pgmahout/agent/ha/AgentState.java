package io.pgmahout.agent.ha;

/** All that a core knows. Immutable. */
public record AgentState(Self self) {}
