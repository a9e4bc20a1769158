package io.pgmahout.agent.routing;

import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.observe.Outages;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What keeps clients from being led: its start and its end are logged, whatever the reason of the moment. One thread. */
final class Trouble {

    private static final String ROUTING = "routing";

    private final Outages outages;
    private @Nullable String reason;
    private boolean told;

    Trouble(Consumer<Notice> log) {
        this.outages = new Outages(log, System::nanoTime);
    }

    /** What was to be done did not work. */
    void is(String why) {
        reason = why;
    }

    /** It works. */
    void over() {
        reason = null;
    }

    /** Logs a start or an end; {@code watching} is what is wrong with watches, null for nothing. */
    void tell(@Nullable String watching) {
        String now = reason == null ? watching : reason;
        if (now != null && !told) {
            outages.failed(EventCode.ROUTING_LOST, ROUTING, Map.of(EventCode.Field.DETAIL.key(), now));
        } else if (now == null && told) {
            outages.works(EventCode.ROUTING_LOST, ROUTING, EventCode.ROUTING_BACK);
        }
        told = now != null;
    }
}
