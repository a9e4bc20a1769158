package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.EventCode;
import java.util.Map;

/** Something an operator may want to know. Who, when, and under which term is added by whoever logs it. */
public record Notice(EventCode code, Map<String, String> fields) {
    public Notice {
        fields = Map.copyOf(fields);
    }
}
