package io.pgmahout.protocol;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own TLS context from PEM files. Netty's builder would load all of BouncyCastle where that is on the class
 * path.
 */
public final class PemContext {
    /** The JDK would keep 20,480 for a day. */
    private static final int MAX_SESSIONS = 64;

    private static final char[] NO_PASSWORD = new char[0];

    /** What an own certificate must fulfil besides. */
    @FunctionalInterface
    interface Check {
        void of(X509Certificate own) throws GeneralSecurityException;
    }

    private PemContext() {}

    /** A context that trusts the certificates that the authorities of a file signed, no others, and shows none. */
    public static SSLContext trusting(Path authority) throws IOException, GeneralSecurityException {
        return of(authority, null, null);
    }

    /**
     * A context for either side.
     *
     * @param authority one or more certificates to trust; null for those that the Java runtime trusts
     * @param certificate own certificate, followed by intermediate ones if any; null for none
     * @param key its private key, PKCS#8, not encrypted; given exactly when {@code certificate} is
     * @throws IOException when a file cannot be read; the message names it
     * @throws GeneralSecurityException when what a file holds cannot be used, or the key is not the certificate's; the
     *     message names the file
     */
    public static SSLContext of(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key)
            throws IOException, GeneralSecurityException {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a certificate and its key are given together");
        }
        return context(
                authority == null ? null : trusted(authority),
                certificate == null || key == null ? null : own(certificate, key, own -> {}));
    }

    /** A context with all of it, whose own certificate was checked. */
    static SSLContext of(TlsFiles files, Check check) throws IOException, GeneralSecurityException {
        return context(trusted(files.authority()), own(files.certificate(), files.key(), check));
    }

    private static SSLContext context(TrustManager @Nullable [] trusted, KeyManager @Nullable [] own)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trusted, null);
        context.getServerSessionContext().setSessionCacheSize(MAX_SESSIONS);
        context.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
        return context;
    }

    private static TrustManager[] trusted(Path authority) throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        for (X509Certificate certificate : PemFiles.certificates(authority)) {
            store.setCertificateEntry("authority-" + store.size(), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] own(Path certificate, Path key, Check check)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        PrivateKey secret = PemFiles.key(key);
        if (!PemFiles.belongTogether(secret, chain.getFirst().getPublicKey())) {
            throw new GeneralSecurityException(key + " is not the key of " + certificate);
        }
        check.of(chain.getFirst());
        KeyStore store = emptyStore();
        store.setKeyEntry("own", secret, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
