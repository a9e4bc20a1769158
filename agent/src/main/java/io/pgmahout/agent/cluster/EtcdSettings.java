package io.pgmahout.agent.cluster;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of an etcd (3.4 or newer).
 *
 * @param endpoints client URLs, {@code http} or {@code https}, without a path; the first is asked first
 * @param login null when etcd asks for none
 * @param tls null for the certificate authorities that the Java runtime trusts and no certificate of our own
 */
public record EtcdSettings(
        List<URI> endpoints,
        String key,
        @Nullable Login login,
        @Nullable TlsFiles tls) implements StoreSettings {

    public EtcdSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("etcd needs at least one endpoint");
        }
        for (URI endpoint : endpoints) {
            String scheme = endpoint.getScheme();
            if (endpoint.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
                throw new IllegalArgumentException("not a URL of etcd (http://HOST:PORT): " + endpoint);
            }
        }
        if (key.isBlank()) {
            throw new IllegalArgumentException("etcd needs a key");
        }
    }

    /** The key a cluster has unless told otherwise. */
    public static String keyOf(String cluster) {
        return "/pgmahout/" + cluster;
    }

    /** A user of etcd. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[user=" + user + "]";
        }
    }

    /**
     * PEM files, read once when the store is opened.
     *
     * @param authorities whom to trust; null for those that the Java runtime trusts
     * @param certificate our own chain, leaf first; null for none
     * @param key its private key, PKCS #8, unencrypted; given exactly when {@code certificate} is
     */
    public record TlsFiles(
            @Nullable Path authorities,
            @Nullable Path certificate,
            @Nullable Path key) {
        public TlsFiles {
            if ((certificate == null) != (key == null)) {
                throw new IllegalArgumentException("a client certificate and its key are given together");
            }
        }
    }
}
