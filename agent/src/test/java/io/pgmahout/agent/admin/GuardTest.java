package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.model.EventCode;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GuardTest {

    @Test
    void withATokenNothingButChecksGoesWithout() throws Exception {
        try (ServerUnderTest m1 =
                ServerUnderTest.of(FakeOperations.M1, Optional.of("right-token"), ServerUnderTest.QUICK)) {
            for (String path : List.of("/status", "/members", "/explain", "/history", "/config", "/actions/m1.1")) {
                HttpResponse<String> answer = m1.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"pgmahout\"");
            }
            for (String path : List.of(
                    "/switchover", "/failover", "/pause", "/resume", "/restart", "/reinit", "/reload", "/retire")) {
                assertThat(m1.post(path, "").statusCode()).as(path).isEqualTo(401);
                assertThat(m1.post(path, "", "Authorization", "Bearer wrong-token")
                                .statusCode())
                        .isEqualTo(401);
            }
            assertThat(m1.operations.submitted).isEmpty();
            assertThat(m1.operations.logged).as("once, not each time").hasSize(1);
            assertThat(m1.operations.logged.getFirst().code()).isEqualTo(EventCode.REQUEST_REFUSED);
            assertThat(m1.operations.logged.toString()).doesNotContain("wrong-token");
            assertThat(m1.get("/openapi.yaml").statusCode()).isEqualTo(200);
            assertThat(m1.get("/status", "Authorization", "Bearer right-token").statusCode())
                    .isEqualTo(200);
            assertThat(m1.post("/pause", "", "Authorization", "bearer right-token")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(m1.get("/status", "Authorization", "Basic right-token").statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void theTokenIsTheOneOfNow() throws Exception {
        AtomicReference<Optional<String>> token = new AtomicReference<>(Optional.of("old-token"));
        try (ServerUnderTest m1 = new ServerUnderTest(
                new FakeOperations(FakeOperations.M1),
                new AdminOptions(
                        FakeOperations.M1,
                        ServerUnderTest.anyPort(),
                        token::get,
                        Optional.empty(),
                        Optional.empty(),
                        ServerUnderTest.QUICK))) {
            assertThat(m1.get("/status", "Authorization", "Bearer old-token").statusCode())
                    .isEqualTo(200);
            token.set(Optional.of("new-token"));
            assertThat(m1.get("/status", "Authorization", "Bearer old-token").statusCode())
                    .isEqualTo(401);
            assertThat(m1.get("/status", "Authorization", "Bearer new-token").statusCode())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Host: evil.example|403",
                "Host: 127.0.0.1.evil.example|403",
                "Host: localhost.evil.example|403",
                "Host: 10.0.0.1:8008|403",
                "Host: localhost:8008|200",
                "Host: 127.0.0.1:9|200",
                "Host: [::1]:8008|200"
            })
    void aForeignHostIsRefused(String header, int status) throws Exception {
        try (ServerUnderTest m1 = ServerUnderTest.of(FakeOperations.M1)) {
            for (String head : List.of("POST /pause", "GET /config")) {
                assertThat(m1.raw(head + " HTTP/1.1\r\n" + header + "\r\nConnection: close\r\n\r\n"))
                        .as(head)
                        .startsWith("HTTP/1.1 " + status);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: null",
                "Origin: http://localhost.evil.example",
                "Sec-Fetch-Site: cross-site"
            })
    void aForeignPageIsRefused(String header) throws Exception {
        try (ServerUnderTest m1 = ServerUnderTest.of(FakeOperations.M1)) {
            assertThat(m1.raw("POST /pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ");
            assertThat(m1.operations.submitted).isEmpty();
        }
    }

    @Test
    void aPortBeyondLoopbackNeedsTokenAndTls() {
        InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
        assertThatThrownBy(() -> AdminOptions.local(FakeOperations.M1, everywhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("token and TLS");
        assertThatThrownBy(() -> new AdminOptions(
                        FakeOperations.M1,
                        everywhere,
                        () -> Optional.of("token"),
                        Optional.empty(),
                        Optional.empty(),
                        AdminOptions.Limits.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
