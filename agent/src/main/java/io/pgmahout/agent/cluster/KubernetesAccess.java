package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.Pair;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Where the API server is, whom we trust, and as whom we ask. All that we use of the official client. */
final class KubernetesAccess {

    private static final String HOST = "KUBERNETES_SERVICE_HOST";
    private static final String PORT = "KUBERNETES_SERVICE_PORT";

    private final ApiClient client;
    private final String namespace;

    private KubernetesAccess(ApiClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * @throws IOException if a file cannot be used or this is no pod; the message is a sentence for an operator
     */
    static KubernetesAccess open(KubernetesSettings settings) throws IOException {
        return switch (settings.access()) {
            case KubernetesSettings.ServiceAccount account -> ofPod(account, settings.namespace());
            case KubernetesSettings.Kubeconfig kubeconfig -> of(kubeconfig.file(), settings.namespace());
        };
    }

    /** The client that requests are to be sent with, whose limits are the caller's to set. */
    OkHttpClient http() {
        return client.getHttpClient();
    }

    /** Where our own objects are. */
    String namespace() {
        return namespace;
    }

    /**
     * A request, the body as it is.
     *
     * @param path under the server's, such as {@code /api/v1/…}
     */
    Request request(String method, String path, Map<String, String> query, @Nullable JsonObject body) {
        List<Pair> pairs = query.entrySet().stream()
                .map(entry -> new Pair(entry.getKey(), entry.getValue()))
                .toList();
        Map<String, String> headers = new HashMap<>(Map.of("Accept", "application/json"));
        if (body != null) {
            headers.put("Content-Type", "application/json");
        }
        try {
            return client.buildRequest(
                    null,
                    path,
                    method,
                    pairs,
                    List.of(),
                    body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8),
                    headers,
                    Map.of(),
                    Map.of(),
                    new String[] {"BearerToken"},
                    null);
        } catch (ApiException e) {
            throw new IllegalStateException("not a request: " + method + " " + path, e);
        }
    }

    private static KubernetesAccess ofPod(KubernetesSettings.ServiceAccount account, @Nullable String namespace)
            throws IOException {
        String host = account.environment().get(HOST);
        String port = account.environment().get(PORT);
        if (host == null || port == null) {
            throw new IOException("this is no pod, for " + HOST + " and " + PORT
                    + " are not set; elsewhere set store.kubernetes.kubeconfig");
        }
        Path directory = account.directory();
        ServiceAccountToken token = new ServiceAccountToken(directory.resolve("token"));
        token.read();
        ApiClient client = new ClientBuilder()
                .setBasePath(url(host, port))
                .setCertificateAuthority(bytes(directory.resolve("ca.crt")))
                .setAuthentication(token)
                .build();
        return new KubernetesAccess(
                client,
                namespace != null
                        ? namespace
                        : new String(bytes(directory.resolve("namespace")), StandardCharsets.UTF_8).strip());
    }

    private static KubernetesAccess of(Path file, @Nullable String namespace) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            KubeConfig config = KubeConfig.loadKubeConfig(reader);
            config.setFile(file.toFile());
            if (config.getServer() == null) {
                throw new IOException("the kubeconfig " + file + " has no current context with a server");
            }
            String home = config.getNamespace() == null ? "default" : config.getNamespace();
            return new KubernetesAccess(ClientBuilder.kubeconfig(config).build(), namespace != null ? namespace : home);
        } catch (RuntimeException e) {
            throw new IOException("the kubeconfig " + file + " cannot be used: " + e, e);
        }
    }

    private static String url(String host, String port) throws IOException {
        try {
            return new URI("https", null, host, Integer.parseInt(port), null, null, null).toString();
        } catch (URISyntaxException | NumberFormatException e) {
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
