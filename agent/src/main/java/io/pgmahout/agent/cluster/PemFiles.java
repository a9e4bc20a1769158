package io.pgmahout.agent.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS of a client from PEM files. */
final class PemFiles {

    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";
    private static final char[] NO_PASSWORD = new char[0];

    private PemFiles() {}

    /**
     * The context to connect with.
     *
     * @throws IOException with a sentence that names the file
     */
    static SSLContext context(EtcdSettings.TlsFiles files) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(files.certificate(), files.key()), trust(files.authorities()), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the TLS files of etcd cannot be used: " + e.getMessage(), e);
        }
    }

    private static TrustManager @Nullable [] trust(@Nullable Path authorities)
            throws IOException, GeneralSecurityException {
        if (authorities == null) {
            return null;
        }
        KeyStore store = empty();
        int count = 0;
        for (Certificate certificate : certificates(authorities)) {
            store.setCertificateEntry("authority-" + count++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] keys(@Nullable Path certificate, @Nullable Path key)
            throws IOException, GeneralSecurityException {
        if (certificate == null || key == null) {
            return null;
        }
        KeyStore store = empty();
        store.setKeyEntry(
                "client",
                privateKey(key),
                NO_PASSWORD,
                certificates(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(read(file).getBytes(StandardCharsets.UTF_8)));
        if (all.isEmpty()) {
            throw new IOException(file + " holds no certificate");
        }
        return all;
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        String text = read(file);
        int begin = text.indexOf(KEY_BEGIN);
        int end = text.indexOf(KEY_END);
        if (begin < 0 || end < begin) {
            throw new IOException(file + " holds no unencrypted PKCS #8 key (" + KEY_BEGIN
                    + "); convert it with: openssl pkcs8 -topk8 -nocrypt -in " + file);
        }
        PKCS8EncodedKeySpec encoded;
        try {
            encoded = new PKCS8EncodedKeySpec(
                    Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end)));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // It is a key of another algorithm.
            }
        }
        throw new IOException(file + " holds a key that is neither EC nor RSA nor Ed25519");
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }
}
