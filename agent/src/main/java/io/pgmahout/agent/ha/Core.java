package io.pgmahout.agent.ha;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The core's two functions. */
public final class Core {

    private Core() {}

    /**
     * The state of an agent that has just started.
     *
     * @param voter what the voter file says, or a new voter's
     */
    public static AgentState start(Self self, Tuning tuning, VoterFile voter, Now now) {
        return new AgentState(self);
    }

    /** What one event leads to. */
    public static Step step(AgentState state, Event event, Now now) {
        return new Step(state, List.of(), now.ms() + 1_000);
    }

    /** What the member knows, for people. */
    public static Insight insight(AgentState state, Now now) {
        return new Insight(state.self(), null, -1, Map.of(), Set.of(), List.of(), Map.of(), 0, 0, null);
    }
}
