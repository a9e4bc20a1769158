package io.pgmahout.agent.rollout;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesAccess;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The requests of a rolling update, each with the verb that a Role must grant for it, and what their answers show. */
record RolloutApi(KubernetesAccess access, RolloutTarget target) {

    private static final String REVISION = "controller-revision-hash";
    private static final String CLUSTER = "pgmahout.io/cluster";

    Request getSet() {
        return access.request(
                "GET",
                "/apis/apps/v1/namespaces/" + access.namespace() + "/statefulsets/" + target.statefulSet(),
                Map.of(),
                null);
    }

    Request listPods() {
        return access.request(
                "GET", access.core() + "/pods", Map.of("labelSelector", CLUSTER + "=" + target.cluster()), null);
    }

    /** Deletes this very pod, as a drain does: not where a PodDisruptionBudget is against it. */
    Request evict(SeenPod pod) {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", pod.name());
        metadata.addProperty("namespace", access.namespace());
        JsonObject preconditions = new JsonObject();
        preconditions.addProperty("uid", pod.uid());
        JsonObject options = new JsonObject();
        options.add("preconditions", preconditions);
        JsonObject eviction = new JsonObject();
        eviction.addProperty("apiVersion", "policy/v1");
        eviction.addProperty("kind", "Eviction");
        eviction.add("metadata", metadata);
        eviction.add("deleteOptions", options);
        return access.request("POST", access.core() + "/pods/" + pod.name() + "/eviction", Map.of(), eviction);
    }

    String setRefusal(Denied denied) {
        return Refusal.of(
                denied, "get", "the StatefulSet " + target.statefulSet(), "statefulsets of apps", access.namespace());
    }

    String podsRefusal(Denied denied) {
        return Refusal.of(denied, "list", "pods", "pods", access.namespace());
    }

    String evictionRefusal(SeenPod pod, Denied denied) {
        return Refusal.of(
                denied, "create", "an eviction of the pod " + pod.name(), "pods/eviction", access.namespace());
    }

    /** A set whose pods are not known yet. */
    static SeenSet set(JsonFields set) throws UnreadableException {
        JsonFields spec = set.fields("spec");
        JsonFields status = set.fields("status");
        long seen = status.has("observedGeneration") ? status.whole("observedGeneration") : 0;
        String revision = status.textOrNull("updateRevision");
        return new SeenSet(
                (int) spec.whole("replicas"),
                revision == null ? "" : revision,
                revision != null && seen >= set.fields("metadata").whole("generation"),
                status.has("updatedReplicas") ? (int) status.whole("updatedReplicas") : 0,
                "OnDelete".equals(spec.fields("updateStrategy").text("type")),
                List.of());
    }

    /** The pods in the list that belong to the set. */
    List<SeenPod> pods(JsonFields list) throws UnreadableException {
        List<SeenPod> pods = new ArrayList<>();
        if (!list.has("items")) {
            return pods;
        }
        for (JsonFields item : list.list("items")) {
            JsonFields metadata = item.fields("metadata");
            if (isOurs(metadata)) {
                JsonFields labels = metadata.fieldsOrNull("labels");
                pods.add(new SeenPod(
                        metadata.text("name"),
                        metadata.text("uid"),
                        labels == null ? null : labels.textOrNull(REVISION),
                        ready(item.fieldsOrNull("status")),
                        metadata.has("deletionTimestamp")));
            }
        }
        return pods;
    }

    private boolean isOurs(JsonFields metadata) throws UnreadableException {
        if (!metadata.has("ownerReferences")) {
            return false;
        }
        for (JsonFields owner : metadata.list("ownerReferences")) {
            if (owner.text("kind").equals("StatefulSet") && owner.text("name").equals(target.statefulSet())) {
                return true;
            }
        }
        return false;
    }

    private static boolean ready(@Nullable JsonFields status) throws UnreadableException {
        if (status == null || !status.has("conditions")) {
            return false;
        }
        for (JsonFields condition : status.list("conditions")) {
            if (condition.text("type").equals("Ready")) {
                return condition.text("status").equals("True");
            }
        }
        return false;
    }
}
