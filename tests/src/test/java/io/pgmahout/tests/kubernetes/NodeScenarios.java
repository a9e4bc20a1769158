package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of a member's node. */
@ExtendWith(Installed.class)
final class NodeScenarios {

    private static final long GATE_LOOK = Duration.ofMillis(100).toNanos();

    private final Release release;

    NodeScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K2")
    void aNodeThatLosesPowerIsReplacedAndComesBackOnItsVolume() throws SQLException {
        Pod old = release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.run("node", "kill", old.nodeNumber());
        client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
        Report.tell("outage when the primary's node loses power", client.outageSince(since));
        // Nobody has told the API server yet.
        assertThat(release.pod(old.name())).isEqualTo(old);
        assertThat(release.primary().name()).isNotEqualTo(old.name());
        Cluster.run("node", "start", old.nodeNumber());
        release.awaitHealthy(Limits.BOOT);
        release.holds(client, since - Limits.ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");
    }

    /** With clients beside the primary, whose connections the cut does not reach. */
    @Test
    @Tag("K3")
    @Tag("K16")
    void aNodeThatIsCutOffAcknowledgesNothingMoreAndFollowsAfterwards() throws SQLException, IOException {
        Pod old = release.primary();
        WritingClient client = release.write();
        List<InsideClient> inside = new ArrayList<>();
        Instant begun = Instant.now();
        long since;
        try {
            for (int i = 0; i < 3; i++) {
                inside.add(InsideClient.start(release, old, i));
            }
            since = System.nanoTime();
            Cluster.run("node", "cut", old.nodeNumber());
            client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
            Report.tell("outage when the primary's node is cut off", client.outageSince(since));
            client.awaitWrites(200, Limits.MINUTE);
        } finally {
            Cluster.run("node", "heal", old.nodeNumber());
        }
        release.awaitHealthy(Limits.BOOT);
        inside.forEach(InsideClient::close);
        List<InsideClient.Acknowledged> last =
                inside.stream().map(one -> one.acknowledged().getLast()).toList();
        assertThat(last).as("each wrote while the cut was there").allMatch(one -> one.nanos() > since);
        long other = client.acknowledged().stream()
                .filter(one -> one.nanos() > since && !one.member().equals(old.name()))
                .findFirst()
                .orElseThrow()
                .begun();
        assertThat(last).as("the last rows inside").allMatch(one -> one.nanos() < other);
        // What psql has read is with us a moment later.
        Instant lapsed = release.event(old, "PERMIT_LAPSED", begun).at().plusMillis(100);
        assertThat(last).as("the last rows inside").allMatch(one -> one.at().isBefore(lapsed));
        Report.tell(
                "the last row inside the cut node, before the first outside",
                "%.3f s"
                        .formatted((other
                                        - last.stream()
                                                .mapToLong(InsideClient.Acknowledged::nanos)
                                                .max()
                                                .orElseThrow())
                                / 1e9));
        release.holds(client, since - Limits.ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");
    }

    @Test
    @Tag("S5")
    void aNodeThatIsFrozenWakesUpAsAStandby() throws SQLException {
        Pod old = release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        long thawed;
        try {
            Cluster.run("node", "freeze", old.nodeNumber());
            client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
            Report.tell("outage when the primary's node is frozen", client.outageSince(since));
            client.awaitWrites(200, Limits.MINUTE);
        } finally {
            Cluster.run("node", "thaw", old.nodeNumber());
            thawed = System.nanoTime();
        }
        release.awaitHealthy(Limits.BOOT);
        // Within the bound that docs/safety.md states: one look of the gate.
        assertThat(client.acknowledged().stream()
                        .filter(one ->
                                one.begun() > thawed + GATE_LOOK && one.member().equals(old.name()))
                        .toList())
                .as("rows that the old primary took after its sleep")
                .isEmpty();
        release.holds(client, since - Limits.ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");
    }

    @Test
    void aMemberOfACordonedNodeWaitsForItAndTheOthersGoOn() throws SQLException {
        Pod primary = release.primary();
        Pod standby = release.pods().stream()
                .filter(pod -> !pod.equals(primary))
                .findFirst()
                .orElseThrow();
        int term = release.lease().term();
        WritingClient client = release.write();
        Cluster.kubectl("cordon", standby.node());
        try {
            release.kubectl("delete", "pod", standby.name());
            Waiting.until(
                    "a pod that waits",
                    Limits.MINUTE,
                    () -> release.pods().stream()
                            .anyMatch(pod -> pod.name().equals(standby.name())
                                    && pod.node().isEmpty()));
            client.awaitWrites(100, Limits.MINUTE);
        } finally {
            Cluster.kubectl("uncordon", standby.node());
        }
        Pod other = release.awaitOther(standby, Limits.BOOT);
        assertThat(other.node()).isEqualTo(standby.node());
        assertThat(other.address()).isNotEqualTo(standby.address());
        release.holds(client, Long.MAX_VALUE);
        assertThat(release.lease().term()).isEqualTo(term);
    }
}
