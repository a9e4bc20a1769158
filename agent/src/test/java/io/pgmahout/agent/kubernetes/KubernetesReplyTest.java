package io.pgmahout.agent.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.kubernetes.KubernetesReply.Busy;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.KubernetesReply.Done;
import io.pgmahout.agent.kubernetes.KubernetesReply.Lost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesReplyTest {

    private static final String GONE =
            "{\"reason\":\"NotFound\",\"message\":\"no zoo\",\"details\":{\"kind\":\"leases\",\"name\":\"zoo\"}}";

    @ParameterizedTest
    @ValueSource(ints = {200, 201})
    void whatWasDoneIsAnObject(int status) {
        assertThat(KubernetesReply.of(status, null, "{}")).isInstanceOf(Done.class);
        assertThat(KubernetesReply.of(status, null, "<html>")).isInstanceOf(Lost.class);
        assertThat(KubernetesReply.of(status, null, "")).isInstanceOf(Lost.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422})
    void whatIsFinalIsDenied(int status) {
        assertThat(KubernetesReply.of(status, null, GONE))
                .isEqualTo(new Denied(status, "NotFound", "leases", "no zoo"));
        assertThat(KubernetesReply.of(status, null, "404 page not found")).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 301, 302, 307, 408, 500, 502, 503, 504, 599})
    void anythingElseTellsNothing(int status) {
        assertThat(KubernetesReply.of(status, "0", GONE)).isInstanceOf(Lost.class);
        assertThat(KubernetesReply.of(status, null, "x")).isInstanceOf(Lost.class);
    }

    @ParameterizedTest
    @CsvSource({"2, 2000", "0, 0", "-1, 0", "600, 5000", "'Mon, 30 Nov 2026 09:00:00 GMT', 1000", ", 1000"})
    void aPauseIsKeptUpToALimit(@Nullable String retryAfter, long pauseMs) {
        assertThat(KubernetesReply.of(429, retryAfter, "")).isEqualTo(new Busy(Duration.ofMillis(pauseMs)));
    }
}
