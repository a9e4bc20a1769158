package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Members with a volume for their WAL. */
@ExtendWith(Installed.class)
final class WalVolumeScenarios {

    private static final String WAL = "--set=storage.wal.size=1Gi";
    private static final String SMALL =
            "--set=postgres.resources.requests.cpu=50m,postgres.resources.requests.memory=128Mi";

    /** Others of the same run are neighbours. */
    WalVolumeScenarios(Release neighbour) {
        assertThat(neighbour.namespace()).isEqualTo(Release.DEFAULT_NAMESPACE);
    }

    @Test
    void walOnAVolumeOfItsOwnComesThroughAFailoverAndTheLossOfBothVolumes() throws SQLException {
        Release release = new Release(Release.DEFAULT_NAMESPACE, "walled", 3);
        release.keeps(WAL, SMALL);
        release.helm("install");
        release.awaitHealthy(Limits.BOOT);
        assertHasItsVolume(release);
        Pod old = release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        release.kubectl("delete", "pod", old.name(), "--force", "--grace-period=0");
        client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
        Report.tell("outage when a primary with a WAL volume is deleted by force", client.outageSince(since));
        release.awaitOther(old, Limits.BOOT);
        release.holds(client, since - Limits.ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");

        Pod primary = release.primary();
        Pod standby = release.pods().stream()
                .filter(pod -> !pod.equals(primary))
                .findFirst()
                .orElseThrow();
        client = release.write();
        Instant begun = Instant.now();
        for (String claim : new String[] {"data-", "wal-"}) {
            release.kubectl("delete", "persistentvolumeclaim", claim + standby.name(), "--wait=false");
        }
        release.kubectl("delete", "pod", standby.name(), "--wait=false");
        Pod other = release.awaitOther(standby, Limits.BOOT);
        release.holds(client, Long.MAX_VALUE);
        assertThat(release.events(other, begun)).anyMatch(event -> event.is("CLONE_ENDED"));
        assertHasItsVolume(release);
    }

    /** Kubernetes adds no template of claims to a StatefulSet that is there. */
    @Test
    void walIsMovedToVolumesThatAClusterIsGivenLater() throws SQLException {
        Release release = new Release(Release.DEFAULT_NAMESPACE, "later", 2);
        release.keeps(SMALL, "--set=replicas=2");
        release.helm("install");
        release.awaitHealthy(Limits.BOOT);
        WritingClient client = release.write();
        client.close();
        release.kubectl("scale", "statefulset", release.name(), "--replicas=0");
        Waiting.until("the end of all pods", Limits.BOOT, () -> release.pods().isEmpty());
        release.kubectl("delete", "statefulset", release.name());
        release.helm("upgrade", WAL);
        release.awaitHealthy(Limits.BOOT);
        assertHasItsVolume(release);
        release.holds(client, Long.MAX_VALUE);
    }

    private static void assertHasItsVolume(Release release) {
        for (Pod pod : release.pods()) {
            String volume = release.inContainer(
                    pod.name(),
                    "postgres",
                    "bash",
                    "-c",
                    "df --output=target /var/lib/pgmahout/data/pg_wal/. | tail -1");
            assertThat(volume.strip()).as(pod.name()).isEqualTo("/var/lib/pgmahout-wal");
            assertThat(release.inContainer(pod.name(), "postgres", "readlink", "/var/lib/pgmahout/data/pg_wal"))
                    .startsWith("/var/lib/pgmahout-wal/");
        }
    }
}
