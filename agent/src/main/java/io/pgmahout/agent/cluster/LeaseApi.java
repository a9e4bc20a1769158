package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.kubernetes.KubernetesAccess;
import io.pgmahout.agent.kubernetes.KubernetesFeed;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The requests about one Lease, each with the verb that a Role must grant for it.
 *
 * @param access as whom they are made
 * @param name of the Lease
 */
record LeaseApi(KubernetesAccess access, String name) {

    private static final String LEASES = "leases";

    /** The newest version: without a resourceVersion it is never answered from a cache. */
    Request get() {
        return access.request("GET", lease(), Map.of(), null);
    }

    Request create(JsonObject lease) {
        return access.request("POST", leases(), Map.of(), lease);
    }

    Request update(JsonObject lease) {
        return access.request("PUT", lease(), Map.of(), lease);
    }

    /**
     * Every change from {@code after} on, a resourceVersion. With null the present state comes first, as the server
     * happens to have it: the exactly newest one is what older etcds cannot give to a watch.
     */
    Request watch(@Nullable Long after) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("watch", "true");
        query.put("allowWatchBookmarks", "true");
        query.put("fieldSelector", "metadata.name=" + name);
        query.put("resourceVersion", after == null ? "0" : after.toString());
        query.put("timeoutSeconds", Long.toString(KubernetesFeed.WATCH_LENGTH.toSeconds()));
        return access.request("GET", leases(), query, null);
    }

    Request claim(String claim) {
        return access.request("GET", access.core() + "/persistentvolumeclaims/" + claim, Map.of(), null);
    }

    /** Whether there is no such Lease, which only this server's word about this very Lease says. */
    static boolean isAbsent(Denied denied) {
        return denied.is("NotFound", LEASES);
    }

    /** Why not, naming the verb where that is what is missing. */
    String refusal(String verb, Denied denied) {
        return Refusal.of(denied, verb, "the Lease " + name, "leases of coordination.k8s.io", access.namespace());
    }

    /** Why a claim cannot be seen. */
    String claimRefusal(String claim, Denied denied) {
        return Refusal.of(denied, "get", "the claim " + claim, "persistentvolumeclaims", access.namespace());
    }

    private String lease() {
        return leases() + "/" + name;
    }

    private String leases() {
        return "/apis/coordination.k8s.io/v1/namespaces/" + access.namespace() + "/" + LEASES;
    }
}
