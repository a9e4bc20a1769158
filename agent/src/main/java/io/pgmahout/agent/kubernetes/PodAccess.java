package io.pgmahout.agent.kubernetes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/**
 * Access as the service account of a pod: an address from the environment, an authority and a token from files. The
 * official client would do the same with all of its models loaded, of which none is used here.
 */
final class PodAccess {

    private static final String HOST = "KUBERNETES_SERVICE_HOST";
    private static final String PORT = "KUBERNETES_SERVICE_PORT";

    private PodAccess() {}

    static KubernetesAccess open(KubernetesLogin.ServiceAccount account) throws IOException {
        String host = account.environment().get(HOST);
        String port = account.environment().get(PORT);
        if (host == null || port == null) {
            throw new IOException("this is no pod, for " + HOST + " and " + PORT
                    + " are not set; elsewhere set store.kubernetes.kubeconfig");
        }
        ServiceAccountToken token = new ServiceAccountToken(account.directory().resolve("token"));
        token.read();
        Path authority = account.directory().resolve("ca.crt");
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            X509TrustManager trusted = trusting(bytes(authority));
            tls.init(null, new TrustManager[] {trusted}, null);
            return new KubernetesAccess(
                    new OkHttpClient.Builder()
                            .sslSocketFactory(tls.getSocketFactory(), trusted)
                            .addInterceptor(token)
                            .build(),
                    url(host, port),
                    new String(bytes(account.directory().resolve("namespace")), StandardCharsets.UTF_8).strip());
        } catch (GeneralSecurityException e) {
            throw new IOException(authority + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager trusting(byte[] authorities) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate certificate :
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(authorities))) {
            store.setCertificateEntry("authority-" + store.size(), certificate);
        }
        if (store.size() == 0) {
            throw new GeneralSecurityException("it holds no certificate");
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static HttpUrl url(String host, String port) throws IOException {
        try {
            URI server = new URI("https", null, host, Integer.parseInt(port), null, null, null);
            return HttpUrl.get(server.toString());
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("not the address of an API server: " + host + " port " + port, e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException(file + " of the service account cannot be read: " + e, e);
        }
    }
}
