package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import org.junit.jupiter.api.Test;

class LeaseApiTest {

    @Test
    void onlyThisLeaseIsAbsent() {
        assertThat(LeaseApi.isAbsent(new Denied(404, "NotFound", "leases", ""))).isTrue();
        assertThat(LeaseApi.isAbsent(new Denied(404, "NotFound", "namespaces", "")))
                .isFalse();
        assertThat(LeaseApi.isAbsent(new Denied(404, "", "", ""))).isFalse();
    }
}
