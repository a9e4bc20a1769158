package io.pgmahout.agent.kubernetes;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
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
public record KubernetesAccess(OkHttpClient http, HttpUrl server, String namespace) {

    private static final MediaType JSON = MediaType.get("application/json");
    private static final MediaType JSON_PATCH = MediaType.get("application/json-patch+json");

    static KubernetesAccess open(KubernetesLogin login, @Nullable String namespace) throws IOException {
        KubernetesAccess access = switch (login) {
            case KubernetesLogin.ServiceAccount account -> PodAccess.open(account);
            case KubernetesLogin.Kubeconfig kubeconfig -> KubeconfigAccess.open(kubeconfig.file());
        };
        return namespace == null ? access : new KubernetesAccess(access.http(), access.server(), namespace);
    }

    /**
     * The number of the change that made this object: of the whole store, so it grows even when an object is removed and
     * made again.
     */
    public static long revision(JsonFields object) throws UnreadableException {
        String text = object.fields("metadata").text("resourceVersion");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UnreadableException("the resourceVersion " + text + " is not a number", e);
        }
    }

    /**
     * A request.
     *
     * @param path under the server's, such as {@code /api/v1/…}
     * @param body sent as it is; null for none
     */
    public Request request(String method, String path, Map<String, String> query, @Nullable JsonObject body) {
        return builder(path, query)
                .method(method, body == null ? null : RequestBody.create(body.toString(), JSON))
                .build();
    }

    /** A JSON Patch (RFC 6902) of an object: all of it is done or nothing. */
    public Request patch(String path, JsonArray operations) {
        return builder(path, Map.of())
                .method("PATCH", RequestBody.create(operations.toString(), JSON_PATCH))
                .build();
    }

    /** The path of the core objects in our namespace. */
    public String core() {
        return "/api/v1/namespaces/" + namespace;
    }

    private Request.Builder builder(String path, Map<String, String> query) {
        HttpUrl.Builder url = server.newBuilder().addEncodedPathSegments(path.substring(1));
        query.forEach(url::addQueryParameter);
        return new Request.Builder().url(url.build()).header("Accept", JSON.toString());
    }
}
