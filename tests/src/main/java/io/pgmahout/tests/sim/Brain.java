package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.Tuning;
import io.pgmahout.agent.ha.VoterFile;
import java.util.List;

/** What decides for a member in one life of its agent: the core, or in the world's own tests a scripted stand-in. */
interface Brain {

    Reaction step(Event event, Now now);

    /** The rules that fire now, as {@code QUESTION number name}. */
    List<String> rules(Now now);

    /**
     * What a step led to.
     *
     * @param wakeUpMs when it wants a tick, on its machine's clock
     */
    record Reaction(List<Effect> effects, long wakeUpMs) {}

    /** Begins lives. */
    interface Maker {
        Brain start(Self self, Tuning tuning, VoterFile voter, Now now);
    }
}
