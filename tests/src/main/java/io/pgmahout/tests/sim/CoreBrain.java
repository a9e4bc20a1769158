package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.Step;
import io.pgmahout.agent.ha.Tuning;
import io.pgmahout.agent.ha.VoterFile;
import java.util.List;

/** The core under test. */
final class CoreBrain implements Brain {
    private AgentState state;

    private CoreBrain(AgentState state) {
        this.state = state;
    }

    static Brain start(Self self, Tuning tuning, VoterFile voter, Now now) {
        return new CoreBrain(Core.start(self, tuning, voter, now));
    }

    @Override
    public Reaction step(Event event, Now now) {
        Step step = Core.step(state, event, now);
        state = step.next();
        return new Reaction(step.effects(), step.wakeUpMs());
    }

    @Override
    public List<String> rules(Now now) {
        return Core.insight(state, now).verdicts().stream()
                .map(verdict -> verdict.question() + " " + verdict.label())
                .toList();
    }
}
