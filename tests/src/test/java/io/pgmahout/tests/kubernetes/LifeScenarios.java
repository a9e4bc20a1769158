package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A release that goes and comes back. */
@ExtendWith(Installed.class)
final class LifeScenarios {

    private final Release release;

    LifeScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag(Installed.REFUSED)
    void aReleaseThatIsInstalledAgainGoesOnWithItsData() throws SQLException {
        WritingClient client = release.write();
        client.close();
        String record = release.lease().uid();
        String authority = release.secret(release.name() + "-authority", "tls.crt");
        Cluster.helm("uninstall", release.name(), "--wait");
        Waiting.until("the end of all pods", Limits.BOOT, () -> release.pods().isEmpty());
        release.helm("install");
        release.awaitHealthy(Limits.BOOT);
        assertThat(release.lease().uid()).isEqualTo(record);
        assertThat(release.secret(release.name() + "-authority", "tls.crt")).isEqualTo(authority);
        release.holds(client, Long.MAX_VALUE);
    }

    /** As after a restore of the namespace with its volumes: a Lease is seldom in a backup. */
    @Test
    void volumesWithoutTheirLeaseFormTheClusterOnceMore() throws SQLException {
        WritingClient client = release.write();
        client.close();
        String record = release.lease().uid();
        release.kubectl("scale", "statefulset", release.name(), "--replicas=0");
        Waiting.until("the end of all pods", Limits.BOOT, () -> release.pods().isEmpty());
        release.kubectl("delete", "lease", release.name());
        release.kubectl("scale", "statefulset", release.name(), "--replicas=3");
        release.awaitHealthy(Limits.BOOT);
        assertThat(release.lease().uid()).isNotEqualTo(record);
        release.holds(client, Long.MAX_VALUE);
    }
}
