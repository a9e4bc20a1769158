package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** More than one release. */
@ExtendWith(Installed.class)
final class ReleaseScenarios {

    private static final String SMALL =
            "--set=replicas=2,postgres.resources.requests.cpu=50m,postgres.resources.requests.memory=128Mi";

    private final Release release;

    ReleaseScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K13")
    void twoInOneNamespaceAndOneInAnotherShareNothing() throws SQLException {
        Release beside = new Release(release.namespace(), "beside", 2);
        Release elsewhere = new Release("elsewhere", release.name(), 2);
        beside.helm("install", SMALL);
        elsewhere.helm("install", SMALL, "--create-namespace");
        List<Release> all = List.of(release, beside, elsewhere);
        for (Release one : all) {
            one.awaitHealthy(Limits.BOOT);
        }
        assertThat(all).extracting(one -> one.lease().uid()).doesNotHaveDuplicates();
        assertThat(all).extracting(Release::password).doesNotHaveDuplicates();
        for (String secret : List.of("superuser", "replication", "admin-token")) {
            assertThat(all)
                    .extracting(one -> one.secret(one.name() + "-members", secret))
                    .doesNotHaveDuplicates();
        }
        assertThat(all)
                .extracting(one -> one.secret(one.name() + "-authority", "tls.crt"))
                .doesNotHaveDuplicates();
        for (Release one : all) {
            Set<String> own = new TreeSet<>(one.pods().stream().map(Pod::name).toList());
            assertThat(new TreeSet<>(one.behind("r"))).isEqualTo(own);
            assertThat(one.behind("rw")).containsExactly(one.primary().name());
        }
        Pod old = beside.primary();
        int here = release.lease().term();
        int there = elsewhere.lease().term();
        WritingClient client = release.writeThrough("rw");
        WritingClient other = elsewhere.writeThrough("rw");
        long since = System.nanoTime();
        beside.kubectl("delete", "pod", old.name(), "--force", "--grace-period=0");
        beside.awaitOther(old, Limits.BOOT);
        beside.awaitHealthy(Limits.BOOT);
        assertThat(beside.lease().term()).isGreaterThan(1);
        release.holdsAll(client);
        elsewhere.holdsAll(other);
        assertThat(release.lease().term()).isEqualTo(here);
        assertThat(elsewhere.lease().term()).isEqualTo(there);
        assertThat(client.outageSince(since).to()).isEqualTo("rw");
    }

    @Test
    @Tag("K13")
    void aSecondReleaseOfTheSameClusterIsRefused() {
        assertThatThrownBy(() -> Cluster.helm(
                        "install", "second", Chart.DIRECTORY.toString(), "--set=cluster=" + release.name()))
                .hasMessageContaining("cannot be imported into the current release")
                .hasMessageContaining("\"meta.helm.sh/release-name\" must equal \"second\"");
    }
}
