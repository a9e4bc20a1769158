package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is, and what it takes to trust it and to be trusted by it.
 *
 * @param http the client that requests are to be sent with, whose limits are the caller's to set
 * @param server its address
 * @param namespace where our own objects are
 */
record KubernetesAccess(OkHttpClient http, HttpUrl server, String namespace) {

    private static final MediaType JSON = MediaType.get("application/json");

    /**
     * @throws IOException if a file cannot be used or this is no pod; the message is a sentence for an operator
     */
    static KubernetesAccess open(KubernetesSettings settings) throws IOException {
        KubernetesAccess access = switch (settings.access()) {
            case KubernetesSettings.ServiceAccount account -> PodAccess.open(account);
            case KubernetesSettings.Kubeconfig kubeconfig -> KubeconfigAccess.open(kubeconfig.file());
        };
        String namespace = settings.namespace();
        return namespace == null ? access : new KubernetesAccess(access.http(), access.server(), namespace);
    }

    /**
     * A request.
     *
     * @param path under the server's, such as {@code /api/v1/…}
     * @param body sent as it is; null for none
     */
    Request request(String method, String path, Map<String, String> query, @Nullable JsonObject body) {
        HttpUrl.Builder url = server.newBuilder().addEncodedPathSegments(path.substring(1));
        query.forEach(url::addQueryParameter);
        return new Request.Builder()
                .url(url.build())
                .header("Accept", JSON.toString())
                .method(method, body == null ? null : RequestBody.create(body.toString(), JSON))
                .build();
    }
}
