package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** More members, less, and none. */
@ExtendWith(Installed.class)
final class ScalingScenarios {

    /** Five on three nodes, and slots that do not wait long for a member that is gone. */
    private static final String[] VALUES = {
        "--set=antiAffinity=none,failover.slotRetention=20s",
        "--set=postgres.resources.requests.cpu=50m,postgres.resources.requests.memory=128Mi"
    };

    private final Witness witness;
    private long followed;

    /** The shared release is a neighbour. */
    ScalingScenarios(Witness witness) {
        this.witness = witness;
    }

    @Test
    @Tag("K10")
    void slotsRecordAndServicesFollowTheReplicas() throws SQLException {
        Release release = new Release(Release.DEFAULT_NAMESPACE, "scaled", 3);
        release.keeps(VALUES);
        release.helm("install");
        release.awaitHealthy(Limits.BOOT);
        WritingClient client = release.writeThrough("rw");
        release.helm("upgrade", "--set=replicas=5");
        follows(release, 5);
        // One of those that go leads, so that it has to hand over to one that stays.
        release.switchover("scaled-3");
        long since = System.nanoTime();
        release.helm("upgrade", "--set=replicas=2");
        follows(release, 2);
        Version dropped = witness.await(
                "the end of the last vote",
                since,
                Limits.MINUTE,
                version -> version.is("lease", release.namespace(), release.name())
                        && version.object() != null
                        && Lease.of(version.object()).voters().size() == 2);
        assertThat(dropped.nanos())
                .as("members leave the record before their slots go")
                .isLessThan(followed);
        Report.tell("outage through -rw when the primary is scaled away", client.outageSince(since));
        release.holdsAll(client);
        String record = release.lease().uid();
        release.kubectl("scale", "statefulset", release.name(), "--replicas=0");
        Waiting.until("the end of all pods", Limits.BOOT, () -> release.pods().isEmpty());
        Waiting.until(
                "nobody behind the Services",
                Limits.MINUTE,
                () -> release.behind("rw").isEmpty() && release.behind("r").isEmpty());
        assertThat(release.lease().holder()).isEmpty();
        release.helm("upgrade", "--set=replicas=3");
        follows(release, 3);
        assertThat(release.lease().uid()).isEqualTo(record);
        release.holdsAll(client);
    }

    /** Members, votes, slots on every server, and who is behind the Services: as many as there should be. */
    private void follows(Release release, int members) {
        release.expects(members);
        release.awaitHealthy(Limits.BOOT);
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < members; i++) {
            names.add(release.name() + "-" + i);
        }
        Waiting.until(
                members + " votes",
                Limits.MINUTE,
                () -> release.lease().voters().keySet().equals(names),
                () -> release.lease().toString());
        for (Pod pod : release.pods()) {
            Set<String> slots = new TreeSet<>();
            names.stream()
                    .filter(name -> !name.equals(pod.name()))
                    .forEach(name -> slots.add("pgmahout_" + name.replace('-', '_')));
            Waiting.until(
                    "slots for the others on " + pod.name(),
                    Limits.BOOT,
                    () -> release.slots(pod).equals(slots),
                    () -> release.slots(pod) + " instead of " + slots);
        }
        followed = System.nanoTime();
        String primary = release.primary().name();
        List<String> standbys =
                names.stream().filter(name -> !name.equals(primary)).toList();
        Waiting.until(
                "the members behind the Services",
                Limits.MINUTE,
                () -> new TreeSet<>(release.behind("r")).equals(names)
                        && new TreeSet<>(release.behind("ro")).equals(new TreeSet<>(standbys))
                        && release.behind("rw").equals(List.of(primary)),
                () -> "r %s, ro %s, rw %s".formatted(release.behind("r"), release.behind("ro"), release.behind("rw")));
    }
}
