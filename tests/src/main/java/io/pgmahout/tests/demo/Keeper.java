package io.pgmahout.tests.demo;

import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Starts an agent or a gate again some seconds after it ended, as a service manager would. */
final class Keeper {

    private static final long AFTER_NANOS = Duration.ofSeconds(5).toNanos();

    private final LocalCluster cluster;
    private final View view;
    private final Map<String, Long> ended = new HashMap<>();

    Keeper(LocalCluster cluster, View view) {
        this.cluster = cluster;
        this.view = view;
    }

    void restartWhatEnded() {
        for (LocalMember member : cluster.members()) {
            restart(member.name() + ": its gate", member.gateRuns(), member::startGate);
            restart(member.name() + ": its agent", member.agentRuns(), member::startAgent);
        }
    }

    private void restart(String what, boolean runs, Runnable start) {
        Long since = ended.get(what);
        if (runs || cluster.isClosed()) {
            return;
        }
        if (since == null) {
            ended.put(what, System.nanoTime());
            view.note(what + " ended; it is started again in " + AFTER_NANOS / 1_000_000_000 + " s");
        } else if (System.nanoTime() - since > AFTER_NANOS) {
            ended.remove(what);
            start.run();
            view.note(what + " was started again");
        }
    }
}
