package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.protocol.Certificates;
import io.pgmahout.protocol.PemContext;
import io.pgmahout.protocol.RenewedContext;
import io.pgmahout.protocol.TlsFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PortTlsTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration RENEWED_WITHIN = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private TlsFiles live;

    @BeforeEach
    void aMember() throws Exception {
        Certificates.createAuthority(directory, "demo", DAY);
        live = issue("m1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void healthChecksNeedNoCertificate(String version) throws Exception {
        try (ServerUnderTest m1 = start()) {
            try (SSLSocket socket = handshake(m1, version)) {
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                socket.getOutputStream()
                        .write("OPTIONS /liveness HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void aRenewedCertificateIsShownAndOneThatDoesNotFitIsNot() throws Exception {
        try (ServerUnderTest m1 = start()) {
            X509Certificate first = shown(m1);
            issue("m1");
            Awaitility.await().atMost(RENEWED_WITHIN).until(() -> !shown(m1).equals(first));
            X509Certificate second = shown(m1);
            TlsFiles other = issue("m2");
            Files.copy(other.key(), live.key(), StandardCopyOption.REPLACE_EXISTING);
            // Two looks at the files, and some.
            Awaitility.await()
                    .during(Duration.ofSeconds(5))
                    .atMost(RENEWED_WITHIN)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> shown(m1).equals(second));
            Files.copy(other.certificate(), live.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Awaitility.await().atMost(RENEWED_WITHIN).until(() -> !shown(m1).equals(second));
        }
    }

    private TlsFiles issue(String name) throws IOException, GeneralSecurityException {
        return Certificates.createMember(directory, "demo", name, List.of("127.0.0.1"), DAY);
    }

    private ServerUnderTest start() throws IOException, GeneralSecurityException {
        return new ServerUnderTest(
                new FakeOperations(FakeOperations.M1),
                new AdminOptions(
                        FakeOperations.M1,
                        ServerUnderTest.anyPort(),
                        () -> Optional.of("token"),
                        Optional.of(new RenewedContext(live)),
                        Optional.empty(),
                        new AdminOptions.Limits(1_024, 2_048, 8, 10_000, 10_000, 300, 2_000, 50)));
    }

    private X509Certificate shown(ServerUnderTest member) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = handshake(member, "TLSv1.3")) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private SSLSocket handshake(ServerUnderTest member, String version) throws IOException, GeneralSecurityException {
        SSLContext trusting = PemContext.trusting(live.authority());
        Socket plain = member.connect();
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(plain, "127.0.0.1", 0, true);
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        return socket;
    }
}
