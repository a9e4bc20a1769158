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

    private String volume(String claim) {
        return release.get("persistentvolumeclaim", claim)
                .getAsJsonObject("spec")
                .get("volumeName")
                .getAsString();
    }
}
