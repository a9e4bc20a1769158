package io.pgmahout.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.config.Settings;
import io.pgmahout.protocol.Certificates;
import io.pgmahout.protocol.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminSettledTest {

    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private TlsFiles files;

    @BeforeEach
    void aMember() throws Exception {
        Certificates.createAuthority(directory, "demo", DAY);
        files = Certificates.createMember(directory, "demo", "m1", List.of(), DAY);
    }

    @Test
    void listenerAndPeersHaveTlsWhereItIsConfigured() throws Exception {
        AdminOptions options = options(files);
        assertThat(options.tls()).isPresent();
        assertThat(options.peerTls()).isPresent();
    }

    @Test
    void theKeyOfAnotherCertificateIsNamed() throws Exception {
        Path other = Certificates.createMember(directory, "demo", "m2", List.of(), DAY)
                .key();
        assertRefused(
                new TlsFiles(files.authority(), files.certificate(), other),
                other + " is not the key of " + files.certificate());
    }

    @Test
    void aKeyOfPkcs1SaysHowToConvertIt() throws Exception {
        Files.writeString(files.key(), "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n");
        assertRefused(files, "openssl pkcs8 -topk8 -nocrypt -in " + files.key());
    }

    @Test
    void anAuthorityThatIsNoneIsNamed() throws Exception {
        Path nothing = Files.writeString(directory.resolve("nothing"), "");
        assertRefused(new TlsFiles(nothing, files.certificate(), files.key()), nothing + " holds no certificate");
    }

    private void assertRefused(TlsFiles wrong, String sentence) {
        assertThatThrownBy(() -> options(wrong))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the TLS files of the admin port cannot be used: ")
                .hasMessageContaining(sentence);
    }

    private AdminOptions options(TlsFiles tls) throws IOException {
        SettingsSource source = new ConfigurationFile(directory)
                .write(
                        "admin.tls.ca-file: " + tls.authority(),
                        "admin.tls.certificate-file: " + tls.certificate(),
                        "admin.tls.key-file: " + tls.key());
        Settings settings = ConfigurationFile.load(source).settings();
        return AdminSettled.options(settings, () -> settings);
    }
}
