package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Nodes that are emptied. A volume of this cluster lies on its node, as a local disk does, so a pod comes back there; where
 * storage can be mounted elsewhere, the pod comes back elsewhere in the same way.
 */
@ExtendWith(Installed.class)
final class DrainScenarios {

    private final Release release;
    private final Witness witness;

    DrainScenarios(Release release, Witness witness) {
        this.release = release;
        this.witness = witness;
    }

    @Test
    @Tag("K5")
    void drainingEachNodeInTurnIsOneHandOverForAPrimaryAndOneMemberAwayAtATime() throws SQLException {
        // Not to the pods, whose addresses change.
        WritingClient through = release.writeThrough("rw");
        for (String node : new String[] {"node1", "node2", "node3"}) {
            int term = release.lease().term();
            boolean leads = release.primary().node().equals(node);
            Pod old = release.pods().stream()
                    .filter(pod -> pod.node().equals(node))
                    .findFirst()
                    .orElseThrow();
            long since = System.nanoTime();
            Cluster.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s");
            try {
                through.awaitWriteAnew(leads ? "rw" : "nobody", since, Limits.MINUTE);
                assertThat(release.lease().term()).isEqualTo(leads ? term + 1 : term);
            } finally {
                Cluster.kubectl("uncordon", node);
            }
            Report.tell(
                    "outage through -rw when the node of a " + (leads ? "primary" : "standby") + " is drained",
                    through.outageSince(since));
            Pod other = release.awaitOther(old, Limits.BOOT);
            assertThat(other.node()).isEqualTo(node);
            assertThat(other.address()).isNotEqualTo(old.address());
            release.awaitHealthy(Limits.MINUTE);
        }
        assertThat(witness.readyAtLeast(release))
                .as("members that were ready all the time")
                .isEqualTo(2);
        release.holdsAll(through);
    }
}
