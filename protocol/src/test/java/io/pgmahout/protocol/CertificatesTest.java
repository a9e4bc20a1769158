package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificatesTest {
    private static final Duration YEAR = Duration.ofDays(365);

    @TempDir
    private Path root;

    private Path directory;

    @BeforeEach
    void anAuthority() throws Exception {
        directory = root.resolve("certs");
        Certificates.createAuthority(directory, "demo", YEAR.multipliedBy(10));
    }

    @Test
    void aMemberCertificateNamesMemberClusterAndHosts() throws Exception {
        TlsFiles files = Certificates.createMember(
                directory, "demo", "m1", List.of("db1.example.org", "10.0.0.1", "fd00::1", "m1"), YEAR);
        X509Certificate certificate = PemFiles.certificates(files.certificate()).getFirst();
        X509Certificate authority = PemFiles.certificates(files.authority()).getFirst();
        certificate.verify(authority.getPublicKey());
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage()).hasSize(2);
        assertThat(certificate.getNotAfter().toInstant())
                .isBetween(
                        Instant.now().plus(YEAR).minusSeconds(60), Instant.now().plus(YEAR));
        CertificateNames names = CertificateNames.of(certificate);
        assertThat(names.organizations()).containsExactly("demo");
        assertThat(names.commonNames()).containsExactly("m1");
        assertThat(names.dnsNames()).containsExactly("m1", "db1.example.org");
        assertThat(names.uris()).containsExactly("pgmahout://demo/m1");
        assertThat(certificate.getSubjectAlternativeNames()).hasSize(5);
        assertThat(authority.getBasicConstraints()).isZero();
    }

    @Test
    void keysAreTheirOwnersAlone() throws Exception {
        TlsFiles files = Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        for (Path key : List.of(files.key(), directory.resolve("ca.key"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
        try (var left = Files.list(directory)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("ca.crt", "ca.key", "m1.crt", "m1.key");
        }
    }

    @Test
    void anAuthorityIsNeverReplaced() throws Exception {
        byte[] key = Files.readAllBytes(directory.resolve("ca.key"));
        assertThatThrownBy(() -> Certificates.createAuthority(directory, "demo", YEAR))
                .isInstanceOf(FileAlreadyExistsException.class);
        Files.delete(directory.resolve("ca.crt"));
        assertThatThrownBy(() -> Certificates.createAuthority(directory, "demo", YEAR))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Files.readAllBytes(directory.resolve("ca.key"))).isEqualTo(key);
    }

    @Test
    void aRenewalKeepsTheAuthorityAndTakesANewKey() throws Exception {
        TlsFiles files = Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        byte[] authority = Files.readAllBytes(files.authority());
        byte[] key = Files.readAllBytes(files.key());
        assertThat(Certificates.createMember(directory, "demo", "m1", List.of(), YEAR))
                .isEqualTo(files);
        assertThat(Files.readAllBytes(files.authority())).isEqualTo(authority);
        assertThat(Files.readAllBytes(files.key())).isNotEqualTo(key);
        assertThat(PemFiles.belongTogether(
                        PemFiles.key(files.key()),
                        PemFiles.certificates(files.certificate()).getFirst().getPublicKey()))
                .isTrue();
    }

    @Test
    void aMemberDoesNotOutliveItsAuthority() throws Exception {
        TlsFiles files = Certificates.createMember(directory, "demo", "m1", List.of(), YEAR.multipliedBy(50));
        assertThat(PemFiles.certificates(files.certificate()).getFirst().getNotAfter())
                .isEqualTo(PemFiles.certificates(files.authority()).getFirst().getNotAfter());
    }

    @Test
    void anotherClustersAuthorityAndBadNamesAreRefused() {
        assertThatThrownBy(() -> Certificates.createMember(directory, "other", "m1", List.of(), YEAR))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> Certificates.createMember(directory, "demo", "../m1", List.of(), YEAR))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Certificates.createMember(directory, "demo", "ca", List.of(), YEAR))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
