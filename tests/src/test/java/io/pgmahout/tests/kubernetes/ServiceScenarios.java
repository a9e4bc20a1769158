package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whom the Services lead clients to. */
@ExtendWith(Installed.class)
final class ServiceScenarios {

    /** What kube-proxy takes to follow, on a machine with much to do; a probe's period is twice that. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Release release;
    private final Witness witness;

    ServiceScenarios(Release release, Witness witness) {
        this.release = release;
        this.witness = witness;
    }

    @Test
    @Tag("K1")
    void theServicesLeadWhereTheirNamesSay() {
        assertThat(Cluster.helm("test", release.name(), "--timeout=150s")).contains("Succeeded");
        Pod primary = release.primary();
        List<String> standbys = release.pods().stream()
                .map(Pod::name)
                .filter(name -> !name.equals(primary.name()))
                .toList();
        assertThat(release.behind("rw")).containsExactly(primary.name());
        assertThat(release.behind("ro")).containsExactlyInAnyOrderElementsOf(standbys);
        assertThat(release.behind("r")).hasSize(3);
        assertThat(release.behind("peers")).hasSize(3);
    }

    @Test
    @Tag("K1")
    void aClientOfTheServiceFindsTheNewPrimary() throws SQLException {
        Pod old = release.primary();
        WritingClient client = release.writeThrough("rw");
        long since = System.nanoTime();
        release.kubectl("delete", "pod", old.name(), "--wait=false");
        client.awaitWriteAnew("rw", since, Limits.MINUTE);
        Report.tell("outage through -rw when the primary's pod is deleted", client.outageSince(since));
        release.awaitOther(old, Limits.BOOT);
        release.awaitHealthy(Limits.BOOT);
        release.holdsAll(client);
    }

    @Test
    @Tag("K15")
    void aNewConnectionIsServedAsSoonAsThePromotionIsDone() throws SQLException {
        Pod old = release.primary();
        release.table();
        try (KnockingClient client = KnockingClient.start(release.url(release.address("rw")))) {
            Instant begun = Instant.now();
            long since = System.nanoTime();
            Cluster.run("node", "kill", old.nodeNumber());
            String holder = witness.await(
                            "another holder",
                            since,
                            Limits.MINUTE,
                            version -> version.is("lease", release.namespace(), release.name())
                                    && version.object() != null
                                    && !Lease.of(version.object()).holder().equals(old.name()))
                    .holder();
            Pod primary = release.pod(holder);
            KnockingClient.Answer first = client.first(primary.address(), since, Limits.MINUTE);
            LoggedEvent promoted = release.event(primary, "PROMOTED", begun);
            Duration after = Duration.between(promoted.at(), first.at());
            Report.tell(
                    "a new connection through -rw is served after the promotion",
                    after.toMillis() + " ms ("
                            + Duration.between(begun, first.at()).toMillis() + " ms after the node's end)");
            assertThat(after).isLessThan(SOON);
            assertThat(witness.wasReady(release, primary.name(), since))
                    .as("the new primary's pod was ready all along")
                    .isTrue();
        } finally {
            Cluster.run("node", "start", old.nodeNumber());
        }
        release.awaitHealthy(Limits.BOOT);
    }

    /** Which shows as well that two primaries would not escape the witness. */
    @Test
    @Tag("K11")
    void aRoleThatIsPutOnByHandIsTakenOff() {
        Pod primary = release.primary();
        Pod standby = release.pods().stream()
                .filter(pod -> !pod.equals(primary))
                .findFirst()
                .orElseThrow();
        Instant begun = Instant.now();
        long since = System.nanoTime();
        release.kubectl("label", "pod", standby.name(), "--overwrite", "pgmahout.io/role=primary");
        witness.await(
                "the role of a replica",
                since,
                Limits.MINUTE,
                version -> version.is("pod", release.namespace(), standby.name())
                        && version.label("pgmahout.io/role").equals("replica"));
        assertThat(release.event(standby, "ROUTING_CORRECTED", begun).field("object"))
                .isEqualTo("pod " + standby.name());
        assertThat(witness.twoPrimaries())
                .singleElement()
                .asString()
                .contains(primary.name())
                .contains(standby.name());
        witness.begin();
    }
}
