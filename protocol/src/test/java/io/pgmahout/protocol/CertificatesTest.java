package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificatesTest {
    private static final Duration YEAR = Duration.ofDays(365);
    private static final X500Name AUTHORITY = new X500Name("O=demo,CN=authority");

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

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void anAuthorityThatAnotherToolMadeSigns(String kind) throws Exception {
        KeyPair pair = newKeys(kind);
        writeAuthority(pair, new X500Name("CN=made by Helm"));
        TlsFiles files = Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        PemFiles.certificates(files.certificate()).getFirst().verify(pair.getPublic());
    }

    @Test
    void anAuthorityThatNamesAnotherClusterSignsNothing() throws Exception {
        writeAuthority(newKeys("EC"), new X500Name("O=other,CN=authority"));
        assertThatThrownBy(() -> Certificates.createMember(directory, "demo", "m1", List.of(), YEAR))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("is not of cluster demo");
    }

    @Test
    void aKeyOfAnAuthorityThatIsNoneIsNamed() throws Exception {
        Files.writeString(directory.resolve("ca.key"), "nothing\n");
        assertThatThrownBy(() -> Certificates.createMember(directory, "demo", "m1", List.of(), YEAR))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("ca.key holds no unencrypted private key");
    }

    /** As cert-manager renews one whose key it is told to keep: pods of before and after meet. */
    @Test
    void membersOfBeforeAndAfterARenewalOfTheAuthorityTrustEachOther() throws Exception {
        KeyPair pair = newKeys("EC");
        writeAuthority(pair, AUTHORITY, BigInteger.ONE);
        TlsFiles files = Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        X509Certificate before = PemFiles.certificates(files.certificate()).getFirst();
        List<X509Certificate> trustedBefore = PemFiles.certificates(files.authority());
        writeAuthority(pair, AUTHORITY, BigInteger.TWO);
        Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        X509Certificate after = PemFiles.certificates(files.certificate()).getFirst();
        assertTrusted(trustedBefore, after);
        assertTrusted(PemFiles.certificates(files.authority()), before);
        writeAuthority(newKeys("EC"), AUTHORITY, BigInteger.TWO);
        assertThatThrownBy(() -> assertTrusted(PemFiles.certificates(files.authority()), before))
                .isInstanceOf(CertificateException.class);
    }

    /** The way from one key to another: first the new authority is trusted, then it signs. */
    @Test
    void ofSeveralAuthoritiesTheFirstSignsAndAllAreTrusted() throws Exception {
        Path authority = directory.resolve("ca.crt");
        KeyPair next = newKeys("EC");
        writeAuthority(newKeys("EC"), AUTHORITY, BigInteger.ONE);
        String former = Files.readString(authority);
        TlsFiles files = Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        X509Certificate before = PemFiles.certificates(files.certificate()).getFirst();
        writeAuthority(next, AUTHORITY, BigInteger.TWO);
        Files.writeString(authority, Files.readString(authority) + former);
        Certificates.createMember(directory, "demo", "m1", List.of(), YEAR);
        X509Certificate after = PemFiles.certificates(files.certificate()).getFirst();
        after.verify(next.getPublic());
        assertTrusted(PemFiles.certificates(authority), before);
        assertTrusted(PemFiles.certificates(authority), after);
    }

    private static void assertTrusted(List<X509Certificate> authorities, X509Certificate member) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority-" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        X509TrustManager manager = (X509TrustManager) factory.getTrustManagers()[0];
        manager.checkServerTrusted(new X509Certificate[] {member}, "ECDHE_ECDSA");
        manager.checkClientTrusted(new X509Certificate[] {member}, "ECDHE_ECDSA");
    }

    private void writeAuthority(KeyPair pair, X500Name subject) throws Exception {
        writeAuthority(pair, subject, BigInteger.ONE);
    }

    private void writeAuthority(KeyPair pair, X500Name subject, BigInteger serial) throws Exception {
        byte[] encoded = new JcaX509v3CertificateBuilder(
                        subject,
                        serial,
                        Date.from(Instant.now().minusSeconds(60)),
                        Date.from(Instant.now().plus(YEAR)),
                        subject,
                        pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                .build(new JcaContentSignerBuilder(PemFiles.signature(pair.getPrivate())).build(pair.getPrivate()))
                .getEncoded();
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        writePem("ca.crt", certificate);
        // The writer alone would leave out the curve, which no tool does.
        writePem(
                "ca.key",
                pair.getPrivate() instanceof ECPrivateKey key
                        ? new PemObject(
                                "EC PRIVATE KEY",
                                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                                256, key.getS(), SECObjectIdentifiers.secp256r1)
                                        .getEncoded())
                        : pair.getPrivate());
    }

    private static KeyPair newKeys(String kind) throws GeneralSecurityException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance(kind);
        keys.initialize(kind.equals("EC") ? 256 : 2048);
        return keys.generateKeyPair();
    }

    private void writePem(String name, Object content) throws Exception {
        try (JcaPEMWriter writer = new JcaPEMWriter(Files.newBufferedWriter(directory.resolve(name)))) {
            writer.writeObject(content);
        }
    }
}
