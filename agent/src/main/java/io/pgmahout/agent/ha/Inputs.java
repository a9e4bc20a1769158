package io.pgmahout.agent.ha;

import java.util.Map;
import java.util.TreeMap;

/** The facts that rules look at, for a person to read beside the rule. */
final class Inputs {

    private Inputs() {}

    static Map<String, String> of(View view) {
        AgentState state = view.state;
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("term", view.term().toString());
        inputs.put(
                "holder",
                view.hasRecord() ? String.valueOf(view.record().holder().memberOrNull()) : "no record");
        if (view.hasRecord()) {
            inputs.put("takeover", view.record().takeover().name());
            inputs.put(
                    "voters",
                    view.record().voters().stream()
                            .map(voter -> voter.member().value())
                            .toList()
                            .toString());
        }
        inputs.put("leads", Boolean.toString(view.leads()));
        if (view.leads()) {
            inputs.put("storeLeaseMs", Long.toString(Math.max(0, view.storeLeaseMs() - view.nowMs)));
            inputs.put("failsafeMs", Long.toString(Math.max(0, Failsafe.leaseMs(view, view.record()) - view.nowMs)));
        }
        inputs.put(
                "process",
                state.gate() == null ? "unknown" : state.gate().process().name());
        inputs.put(
                "data",
                state.data() == null ? "unknown" : state.data().content().name());
        inputs.put("lineage", view.lineage().name());
        inputs.put("position", String.valueOf(view.position()));
        inputs.put("obstacle", String.valueOf(view.hasRecord() ? Fitness.obstacle(view) : null));
        inputs.put("leaseLapsed", Boolean.toString(view.nowMs >= state.lease().expiryMs()));
        inputs.put("promises", Integer.toString(view.hasRecord() ? Takeover.promises(view) : 0));
        inputs.put("paused", Boolean.toString(view.paused()));
        return inputs;
    }
}
