package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of a test, with the JDK's keytool; what it issues is written as PEM files. */
public final class PemMaker {

    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path store;
    private final String name;

    public PemMaker(Path directory, String name) throws Exception {
        this.directory = directory;
        this.name = name;
        this.store = directory.resolve(name + ".p12");
        keytool("-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-ext", "bc:c=ca:true");
    }

    public Path authority() throws Exception {
        return write(name + ".crt", "CERTIFICATE", load().getCertificate(name).getEncoded());
    }

    /** NAME.crt and NAME.key, for 127.0.0.1. */
    public EtcdSettings.TlsFiles issue(String leaf, String algorithm) throws Exception {
        keytool(
                "-alias",
                leaf,
                "-dname",
                "CN=" + leaf,
                "-keyalg",
                algorithm,
                "-signer",
                name,
                "-ext",
                "san=ip:127.0.0.1");
        KeyStore keys = load();
        Certificate certificate = keys.getCertificate(leaf);
        return new EtcdSettings.TlsFiles(
                authority(),
                write(leaf + ".crt", "CERTIFICATE", certificate.getEncoded()),
                write(
                        leaf + ".key",
                        "PRIVATE KEY",
                        keys.getKey(leaf, PASSWORD.toCharArray()).getEncoded()));
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private Path write(String file, String kind, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString(),
                "-validity",
                "2"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("keytool: %s", output).isZero();
    }
}
