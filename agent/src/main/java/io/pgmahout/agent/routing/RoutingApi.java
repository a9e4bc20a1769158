package io.pgmahout.agent.routing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesAccess;
import io.pgmahout.agent.kubernetes.KubernetesFeed;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The requests about pods and the Service, each with the verb that a Role must grant for it, and what their answers
 * show. Of pods only the metadata is asked for.
 *
 * @param access as whom they are made
 */
record RoutingApi(KubernetesAccess access, RoutingTarget target) {

    private static final String METADATA = "application/json;as=PartialObjectMetadata%s;g=meta.k8s.io;v=v1";
    private static final String ONE = METADATA.formatted("");
    private static final String ALL = METADATA.formatted("List");

    Request listPods() {
        return metadata(access.request("GET", pods(), Map.of("labelSelector", selector()), null), ALL);
    }

    Request watchPods(@Nullable Long after) {
        return metadata(access.request("GET", pods(), watch("labelSelector", selector(), after), null), ONE);
    }

    Request getPod() {
        return metadata(access.request("GET", pod(target.pod()), Map.of(), null), ONE);
    }

    /** Gives a pod these labels, if it still is of the version that was seen; else a conflict. */
    Request label(SeenPod pod, Labels labels) {
        JsonArray operations = ifVersion(pod.version());
        if (!pod.labelled()) {
            operations.add(operation("add", "/metadata/labels", new JsonObject()));
        }
        change(operations, Labels.CLUSTER, pod.labels().cluster(), labels.cluster());
        change(operations, Labels.ROLE, pod.labels().role(), labels.role());
        change(operations, Labels.TERM, pod.labels().term(), labels.term());
        return metadata(access.patch(pod(pod.name()), operations), ONE);
    }

    Request getService() {
        return access.request("GET", service(), Map.of(), null);
    }

    Request watchService(@Nullable Long after) {
        return access.request(
                "GET", services(), watch("fieldSelector", "metadata.name=" + target.service(), after), null);
    }

    /** Sets the Service's selector and claim, if it still is of the version that was seen; else a conflict. */
    Request lead(Move.Lead lead) {
        JsonObject selector = new JsonObject();
        SeenService.selector(target.cluster(), lead.term()).forEach(selector::addProperty);
        JsonArray operations = ifVersion(lead.service().version());
        operations.add(operation("add", "/spec/selector", selector));
        if (!lead.service().annotated()) {
            operations.add(operation("add", "/metadata/annotations", new JsonObject()));
        }
        operations.add(operation(
                "add",
                "/metadata/annotations/" + escaped(Labels.TERM),
                new JsonPrimitive(lead.claim().toString())));
        return access.patch(service(), operations);
    }

    SeenPod pod(JsonFields object) throws UnreadableException {
        JsonFields metadata = object.fields("metadata");
        JsonFields labels = metadata.fieldsOrNull("labels");
        return new SeenPod(
                metadata.text("name"),
                metadata.text("uid"),
                KubernetesAccess.revision(object),
                labels != null,
                labels == null
                        ? new Labels(null, null, null)
                        : new Labels(
                                labels.textOrNull(Labels.CLUSTER),
                                labels.textOrNull(Labels.ROLE),
                                labels.textOrNull(Labels.TERM)),
                0);
    }

    List<SeenPod> pods(JsonFields list) throws UnreadableException {
        List<SeenPod> pods = new ArrayList<>();
        if (!list.has("items")) {
            // Of no pods the server sends null.
            return pods;
        }
        for (JsonFields item : list.list("items")) {
            pods.add(pod(item));
        }
        return pods;
    }

    static SeenService service(JsonFields service) throws UnreadableException {
        JsonFields annotations = service.fields("metadata").fieldsOrNull("annotations");
        JsonFields selector = service.fields("spec").fieldsOrNull("selector");
        Map<String, String> labels = new LinkedHashMap<>();
        if (selector != null) {
            for (Map.Entry<String, JsonElement> label : selector.object().entrySet()) {
                labels.put(label.getKey(), selector.text(label.getKey()));
            }
        }
        return new SeenService(
                KubernetesAccess.revision(service),
                labels,
                annotations != null,
                annotations == null ? null : annotations.textOrNull(Labels.TERM),
                0,
                0);
    }

    String podRefusal(String verb, String pod, Denied denied) {
        return Refusal.of(denied, verb, pod, "pods", access.namespace());
    }

    String serviceRefusal(String verb, Denied denied) {
        return Refusal.of(denied, verb, "the Service " + target.service(), "services", access.namespace());
    }

    private static Map<String, String> watch(String selector, String value, @Nullable Long after) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("watch", "true");
        query.put("allowWatchBookmarks", "true");
        query.put(selector, value);
        query.put("resourceVersion", after == null ? "0" : after.toString());
        query.put("timeoutSeconds", Long.toString(KubernetesFeed.WATCH_LENGTH.toSeconds()));
        return query;
    }

    /** A version that is not the stored one any more is a conflict, and nothing is changed. */
    private static JsonArray ifVersion(long version) {
        JsonObject check = new JsonObject();
        check.addProperty("op", "replace");
        check.addProperty("path", "/metadata/resourceVersion");
        check.addProperty("value", Long.toString(version));
        JsonArray operations = new JsonArray();
        operations.add(check);
        return operations;
    }

    private static void change(JsonArray operations, String label, @Nullable String from, @Nullable String to) {
        String path = "/metadata/labels/" + escaped(label);
        if (to == null && from != null) {
            JsonObject removal = new JsonObject();
            removal.addProperty("op", "remove");
            removal.addProperty("path", path);
            operations.add(removal);
        } else if (to != null && !to.equals(from)) {
            operations.add(operation("add", path, new JsonPrimitive(to)));
        }
    }

    /** As a part of a JSON Pointer. */
    private static String escaped(String key) {
        return key.replace("/", "~1");
    }

    private static JsonObject operation(String name, String path, JsonElement value) {
        JsonObject operation = new JsonObject();
        operation.addProperty("op", name);
        operation.addProperty("path", path);
        operation.add("value", value);
        return operation;
    }

    private static Request metadata(Request request, String form) {
        return request.newBuilder().header("Accept", form).build();
    }

    private String selector() {
        return Labels.CLUSTER + "=" + target.cluster();
    }

    private String pods() {
        return access.core() + "/pods";
    }

    private String pod(String name) {
        return pods() + "/" + name;
    }

    private String services() {
        return access.core() + "/services";
    }

    private String service() {
        return services() + "/" + target.service();
    }
}
