package io.pgmahout.agent.ha;

import java.util.List;

/**
 * What one event led to.
 *
 * @param effects to be begun in this order
 * @param wakeUpMs the core wants a {@link Event.Tick} at this {@link Now#ms()} unless another event comes first
 */
public record Step(AgentState next, List<Effect> effects, long wakeUpMs) {}
