package io.pgmahout.protocol;

import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS contexts made of the current files. {@link #refresh} may run on any one thread at a time; connections take
 * whatever is current when they begin. Files that cannot be used leave the old contexts in force.
 */
final class TlsContexts {
    private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);
    private static final Duration CLOSE_NOTIFY_LIMIT = Duration.ofMillis(200);

    /** What tells one state of a file from another without reading it. */
    private record Stamp(String modified, long bytes, String key) {}

    private final TlsFiles files;
    private final String cluster;
    private final String member;
    private List<Stamp> seen;
    private String problem = "";
    private volatile SSLContext current;

    /**
     * @throws IOException when a file cannot be read
     * @throws GeneralSecurityException when the files do not fit together or name another member
     */
    TlsContexts(TlsFiles files, String cluster, String member) throws IOException, GeneralSecurityException {
        this.files = files;
        this.cluster = cluster;
        this.member = member;
        this.seen = stamps(files);
        X509Certificate own = PemFiles.certificates(files.certificate()).getFirst();
        this.current = load(files, cluster, member);
        try {
            own.checkValidity();
        } catch (GeneralSecurityException e) {
            // Not a reason to refuse to start: a primary can go on by its store lease, without peers.
            log.error("the certificate {} is not valid now, peers will refuse it", files.certificate(), e);
        }
    }

    /** Takes the files anew if they changed. Files that cannot be used are logged once and tried again next time. */
    void refresh() {
        try {
            List<Stamp> now = stamps(files);
            if (!now.equals(seen)) {
                PemFiles.certificates(files.certificate()).getFirst().checkValidity();
                current = load(files, cluster, member);
                seen = now;
                log.info("TLS files were read again: {}", files.certificate());
            }
            problem = "";
        } catch (IOException | GeneralSecurityException e) {
            if (!problem.equals(e.toString())) {
                problem = e.toString();
                log.error("the new TLS files cannot be used, the old ones stay in force", e);
            }
        }
    }

    /** A handler for a connection that was accepted. */
    SslHandler accepting() {
        SSLEngine engine = current.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(true);
        return handler(engine);
    }

    /** A handler for a connection that was dialed. Without host and port, so that no session is resumed unchecked. */
    SslHandler dialing() {
        SSLEngine engine = current.createSSLEngine();
        engine.setUseClientMode(true);
        return handler(engine);
    }

    private static SslHandler handler(SSLEngine engine) {
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        SslHandler handler = new SslHandler(engine);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_LIMIT.toMillis());
        return handler;
    }

    private static SSLContext load(TlsFiles files, String cluster, String member)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> authority = PemFiles.certificates(files.authority());
        List<X509Certificate> chain = PemFiles.certificates(files.certificate());
        PrivateKey key = PemFiles.key(files.key());
        if (!PemFiles.belongTogether(key, chain.getFirst().getPublicKey())) {
            throw new GeneralSecurityException(files.key() + " is not the key of " + files.certificate());
        }
        if (!CertificateNames.of(chain.getFirst()).names(cluster, member)) {
            throw new GeneralSecurityException(
                    files.certificate() + " does not name member " + member + " of cluster " + cluster);
        }
        return context(authority, chain, key);
    }

    /** The JDK's own context: Netty's builder would load all of BouncyCastle where that is on the class path. */
    private static SSLContext context(List<X509Certificate> authority, List<X509Certificate> chain, PrivateKey key)
            throws IOException, GeneralSecurityException {
        char[] unused = new char[0];
        KeyStore keys = emptyStore();
        keys.setKeyEntry("own", key, unused, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory keying = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keying.init(keys, unused);
        KeyStore trusted = emptyStore();
        for (int i = 0; i < authority.size(); i++) {
            trusted.setCertificateEntry("authority-" + i, authority.get(i));
        }
        TrustManagerFactory trusting = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusting.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keying.getKeyManagers(), trusting.getTrustManagers(), null);
        return context;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Stamp> stamps(TlsFiles files) throws IOException {
        List<Stamp> stamps = new ArrayList<>(3);
        for (Path file : Arrays.asList(files.authority(), files.certificate(), files.key())) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            stamps.add(new Stamp(
                    attributes.lastModifiedTime().toString(), attributes.size(), String.valueOf(attributes.fileKey())));
        }
        return List.copyOf(stamps);
    }
}
