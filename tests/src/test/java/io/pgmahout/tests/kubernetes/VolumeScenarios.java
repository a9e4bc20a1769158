package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A member's volume that is gone for good. */
@ExtendWith(Installed.class)
final class VolumeScenarios {

    private final Release release;

    VolumeScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K12")
    void aStandbyWhoseVolumeIsDeletedWithItsPodComesBackAsANewMember() throws SQLException {
        Pod primary = release.primary();
        Pod standby = release.pods().stream()
                .filter(pod -> !pod.equals(primary))
                .findFirst()
                .orElseThrow();
        Lease before = release.lease();
        WritingClient client = release.write();
        Instant begun = Instant.now();
        String claim = "data-" + standby.name();
        String volume = volume(claim);
        release.kubectl("delete", "persistentvolumeclaim", claim, "--wait=false");
        release.kubectl("delete", "pod", standby.name(), "--wait=false");
        Pod other = release.awaitOther(standby, Limits.BOOT);
        release.holds(client, Long.MAX_VALUE);
        assertThat(volume(claim)).isNotEqualTo(volume);
        assertThat(release.events(other, begun)).anyMatch(event -> event.is("CLONE_ENDED"));
        String former = before.voter(standby.name());
        Waiting.until(
                "the new member's vote",
                Limits.MINUTE,
                () -> !List.of(former, "").contains(release.lease().voter(standby.name())));
        assertThat(release.lease().term()).isEqualTo(before.term());
        Cluster.run("volumes");
    }

    /** A disk that is put into another machine. Two members leave a node free for it. */
    @Test
    void aVolumeThatComesBackOnAnotherNodeBringsItsMemberWithIt() throws SQLException {
        Release moved = new Release(release.namespace(), "moved", 2);
        moved.keeps(
                "--set=replicas=2",
                "--set=postgres.resources.requests.cpu=50m,postgres.resources.requests.memory=128Mi");
        moved.helm("install");
        moved.awaitHealthy(Limits.BOOT);
        // What its volume has is what was written last.
        if (!moved.primary().name().equals("moved-1")) {
            moved.switchover("moved-1");
        }
        WritingClient client = moved.write();
        Lease before = moved.lease();
        Pod leaving = moved.primary();
        Pod staying = moved.pod("moved-0");
        moved.kubectl("scale", "statefulset", moved.name(), "--replicas=1");
        Waiting.until("the pod's end", Limits.BOOT, () -> moved.pods().size() == 1);
        String claim = "data-" + leaving.name();
        String volume = moved.get("persistentvolumeclaim", claim)
                .getAsJsonObject("spec")
                .get("volumeName")
                .getAsString();
        moved.kubectl("delete", "persistentvolumeclaim", claim);
        String free = List.of("1", "2", "3").stream()
                .filter(number -> !number.equals(leaving.nodeNumber()) && !number.equals(staying.nodeNumber()))
                .findFirst()
                .orElseThrow();
        Cluster.run("carry", volume, free, moved.namespace() + "/" + claim);
        Instant begun = Instant.now();
        moved.kubectl("scale", "statefulset", moved.name(), "--replicas=2");
        Pod back = moved.awaitOther(leaving, Limits.BOOT);
        assertThat(back.nodeNumber()).isEqualTo(free);
        moved.holds(client, Long.MAX_VALUE);
        assertThat(moved.events(back, begun)).noneMatch(event -> event.is("CLONE_STARTED"));
        assertThat(moved.lease().voter(back.name())).isEqualTo(before.voter(back.name()));
        moved.switchover(back.name());
    }

    private String volume(String claim) {
        return release.get("persistentvolumeclaim", claim)
                .getAsJsonObject("spec")
                .get("volumeName")
                .getAsString();
    }
}
