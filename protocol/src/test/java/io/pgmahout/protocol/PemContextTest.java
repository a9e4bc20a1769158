package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PemContextTest {
    @TempDir
    private Path directory;

    private Path certificates;
    private TlsFiles files;

    @BeforeEach
    void aMember() throws Exception {
        certificates = directory.resolve("certs");
        Certificates.createAuthority(certificates, "demo", Duration.ofDays(1));
        files = Certificates.createMember(certificates, "demo", "m1", List.of(), Duration.ofDays(1));
    }

    @Test
    void eachPartMayBeLeftOutButAKeyNeedsItsCertificate() throws Exception {
        assertThat(PemContext.of(null, null, null)).isNotNull();
        assertThat(PemContext.of(null, files.certificate(), files.key())).isNotNull();
        assertThat(PemContext.trusting(files.authority())
                        .getServerSessionContext()
                        .getSessionCacheSize())
                .as("bounded")
                .isEqualTo(64);
        assertThatThrownBy(() -> PemContext.of(files.authority(), files.certificate(), null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PemContext.of(files.authority(), null, files.key()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theKeyOfAnotherCertificateIsNamed() throws Exception {
        Path other = Certificates.createMember(certificates, "demo", "m2", List.of(), Duration.ofDays(1))
                .key();
        assertUnusableKey(other, other + " is not the key of " + files.certificate());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        Path rsa = write(
                "rsa.key",
                "PRIVATE KEY",
                generator.generateKeyPair().getPrivate().getEncoded());
        assertUnusableKey(rsa, rsa + " is not the key of " + files.certificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void aKeyOfAnotherFormatSaysHowToConvertIt(String kind) throws Exception {
        Path key = write("old.key", kind, new byte[] {1});
        assertUnusableKey(
                key,
                key + " holds no unencrypted PKCS#8 key but one that begins with -----BEGIN " + kind
                        + "-----; convert it with: openssl pkcs8 -topk8 -nocrypt -in " + key + " -out NEW.key");
    }

    @Test
    void aFileWithoutAKeyIsNotToBeConverted() throws Exception {
        assertUnusableKey(
                files.certificate(), files.certificate() + " holds no private key (-----BEGIN PRIVATE KEY-----)");
        Path torn = Files.writeString(directory.resolve("torn"), "-----BEGIN PRIVATE KEY-----\nMIG");
        assertUnusableKey(torn, torn + " ends within its key");
        Path damaged = write("damaged", "PRIVATE KEY", new byte[] {1, 2, 3});
        assertUnusableKey(damaged, damaged + " holds a key that is neither of [EC, RSA, EdDSA]");
    }

    @Test
    void aFileThatCannotBeReadOrHoldsNoCertificateIsNamed() throws Exception {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> PemContext.trusting(missing))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(missing + " cannot be read");
        Path large = Files.write(directory.resolve("large"), new byte[300_000]);
        assertThatThrownBy(() -> PemContext.trusting(large))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(large + " is larger than");
        for (Path wrong : List.of(
                Files.writeString(directory.resolve("empty"), ""),
                Files.writeString(directory.resolve("nonsense"), "nonsense"),
                write("damaged", "CERTIFICATE", new byte[] {1, 2, 3}),
                files.key())) {
            assertThatThrownBy(() -> PemContext.trusting(wrong))
                    .isInstanceOf(GeneralSecurityException.class)
                    .hasMessageStartingWith(wrong + " holds ");
        }
    }

    private void assertUnusableKey(Path key, String sentence) {
        assertThatThrownBy(() -> PemContext.of(null, files.certificate(), key))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining(sentence);
    }

    private Path write(String name, String kind, byte[] content) throws IOException {
        return Files.writeString(
                directory.resolve(name),
                "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + kind + "-----\n");
    }
}
