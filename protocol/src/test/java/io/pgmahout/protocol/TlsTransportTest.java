package io.pgmahout.protocol;

import static io.pgmahout.protocol.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.protocol.v1.HelloRefused.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TlsTransportTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path root;

    private Path demo;

    @BeforeEach
    void anAuthority() throws Exception {
        demo = authority("demo", "demo");
    }

    @Test
    void membersOfOneAuthorityTalkWhateverTheirAddresses() throws Exception {
        try (Node one = node("m1", member(demo, "m1"));
                Node two = node("m2", member(demo, "m2"))) {
            one.dials(two);
            two.dials(one);
            eventually().until(() -> one.isConnectedTo("m2") && two.isConnectedTo("m1"));
            one.transport.send("m2", Messages.report("x".repeat(60_000)));
            eventually().until(() -> two.messages.contains(Messages.report("x".repeat(60_000))));
        }
    }

    @Test
    void anotherAuthorityIsRefused() throws Exception {
        try (Node one = node("m1", member(demo, "m1"));
                Node two = node("m2", member(authority("second", "demo"), "m2"))) {
            two.dials(one);
            eventually().until(() -> !one.refusals.isEmpty() && !two.refusals.isEmpty());
            assertThat(one.refusals.getFirst().kind()).isEqualTo(Refusal.Kind.CERTIFICATE);
            assertThat(two.refusals.getFirst().kind()).isEqualTo(Refusal.Kind.CERTIFICATE);
            assertThat(one.transport.counters().established()).isZero();
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        TlsFiles expired = Certificates.createMember(demo, "demo", "m2", List.of(), Duration.ofSeconds(1));
        X509Certificate certificate =
                PemFiles.certificates(expired.certificate()).getFirst();
        eventually().until(() -> Instant.now().isAfter(certificate.getNotAfter().toInstant()));
        try (Node one = node("m1", member(demo, "m1"));
                Node two = node("m2", expired)) {
            two.dials(one);
            eventually().until(() -> !one.refusals.isEmpty());
            assertThat(one.refusals.getFirst().kind()).isEqualTo(Refusal.Kind.CERTIFICATE);
            assertThat(one.transport.counters().established()).isZero();
        }
    }

    @Test
    void aValidCertificateOfAnotherMemberOrClusterIsRefused() throws Exception {
        Path other = authority("other", "other");
        TlsFiles foreign = Certificates.createMember(other, "other", "m2", List.of(), DAY);
        TlsFiles own = member(demo, "m1");
        Path both = root.resolve("both.crt");
        Files.writeString(both, Files.readString(own.authority()) + Files.readString(foreign.authority()));
        try (Node one = node("m1", new TlsFiles(both, own.certificate(), own.key()))) {
            for (TlsFiles wrong : List.of(foreign, member(demo, "m3"))) {
                try (RawPeer liar = rawTls(one, wrong, own.authority())) {
                    liar.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
                    assertThat(liar.read().getHelloRefused().getReason()).isEqualTo(Reason.REASON_CERTIFICATE);
                }
            }
            assertThat(one.story).containsExactly("! CERTIFICATE by us");
            try (RawPeer honest = rawTls(one, member(demo, "m2"), own.authority())) {
                honest.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
                assertThat(honest.read().hasHello()).isTrue();
            }
        }
    }

    @Test
    void ownFilesMustFitTogetherAndNameThisMember() throws Exception {
        TlsFiles mine = member(demo, "m1");
        TlsFiles theirs = member(demo, "m2");
        assertThatThrownBy(() -> node("m1", theirs)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> node("m1", new TlsFiles(mine.authority(), mine.certificate(), theirs.key())))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> node("m1", new TlsFiles(mine.authority(), mine.certificate(), root.resolve("none"))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void changedFilesAreTakenAndBrokenOnesAreNot() throws Exception {
        TlsFiles files = copy(member(authority("old", "demo"), "m2"), root.resolve("live"));
        try (Node one = node("m1", member(demo, "m1"));
                Node two = node("m2", files)) {
            two.dials(one);
            eventually().until(() -> !two.refusals.isEmpty());
            copy(member(demo, "m2"), root.resolve("live"));
            eventually().until(() -> one.isConnectedTo("m2"));
            Files.writeString(files.certificate(), "nonsense");
            try (Node three = node("m3", member(demo, "m3"))) {
                // Several looks at the broken file later two still accepts.
                Awaiting.quietFor(Duration.ofMillis(300), () -> one.isConnectedTo("m2"));
                three.dials(two);
                eventually().until(() -> three.isConnectedTo("m2"));
            }
        }
    }

    @Test
    void plainTextOnATlsPortIsBadData() throws Exception {
        try (Node one = node("m1", member(demo, "m1"));
                RawPeer plain = RawPeer.dial(one)) {
            plain.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(plain.socket.getInputStream().readAllBytes().length).isLessThan(64);
            eventually().until(() -> one.transport.counters().badData() == 1);
        }
    }

    @Test
    void aRecordedConnectionThatIsPlayedBackIsNobody() throws Exception {
        try (Node one = node("m1", member(demo, "m1"));
                Node two = node("m2", member(demo, "m2"));
                Recorder recorder = new Recorder(one.transport.port())) {
            two.dials(recorder.address());
            eventually().until(() -> one.isConnectedTo("m2"));
            two.transport.send("m1", Messages.heartbeat(7));
            eventually().until(() -> one.messages.contains(Messages.heartbeat(7)));
            byte[] recorded = recorder.sent();
            two.dials(new PeerAddress[0]);
            recorder.hangUp();
            eventually().until(() -> !one.isConnectedTo("m2"));
            one.messages.clear();
            long established = one.transport.counters().established();
            try (RawPeer player = RawPeer.dial(one)) {
                player.send(recorded);
                assertThat(player.socket.getInputStream().readAllBytes()).isNotNull();
            } catch (SocketException closed) {
                // With bytes unread it ends with a reset.
            }
            eventually()
                    .until(() -> one.transport.counters().badData()
                                    + one.transport.counters().refused()
                            > 0);
            assertThat(one.transport.counters().established()).isEqualTo(established);
            assertThat(one.messages).isEmpty();
            assertThat(one.isConnectedTo("m2")).isFalse();
        }
    }

    @Test
    void aClientWithoutACertificateIsRefused() throws Exception {
        TlsFiles own = member(demo, "m1");
        try (Node one = node("m1", own);
                RawPeer nobody = rawTls(one, null, own.authority())) {
            try {
                nobody.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
            } catch (SocketException refused) {
                // The connection may be closed before there is time to say anything.
            }
            eventually().until(() -> !one.refusals.isEmpty());
            assertThat(one.transport.counters().established()).isZero();
        }
    }

    private Path authority(String directory, String cluster) throws Exception {
        Path path = root.resolve(directory);
        Certificates.createAuthority(path, cluster, DAY);
        return path;
    }

    private static TlsFiles member(Path authority, String member) throws Exception {
        return Certificates.createMember(authority, "demo", member, List.of("db.invalid"), DAY);
    }

    private static Node node(String member, TlsFiles files) throws IOException, GeneralSecurityException {
        return new Node(Messages.identity("demo", member), new TransportSecurity.MutualTls(files), Settings.usual(), 0);
    }

    private static TlsFiles copy(TlsFiles from, Path directory) throws IOException {
        Files.createDirectories(directory);
        TlsFiles to =
                new TlsFiles(directory.resolve("ca.crt"), directory.resolve("tls.crt"), directory.resolve("tls.key"));
        Files.copy(from.authority(), to.authority(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        return to;
    }

    private static RawPeer rawTls(Node node, @Nullable TlsFiles files, Path trusted) throws Exception {
        SSLContext context =
                files == null ? PemContext.trusting(trusted) : PemContext.of(trusted, files.certificate(), files.key());
        return new RawPeer(
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), node.transport.port()));
    }
}
