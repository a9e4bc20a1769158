package io.pgmahout.agent.routing;

import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesCalls;
import io.pgmahout.agent.kubernetes.KubernetesReply;
import io.pgmahout.agent.kubernetes.KubernetesReply.Busy;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.KubernetesReply.Done;
import io.pgmahout.agent.kubernetes.KubernetesReply.Lost;
import io.pgmahout.agent.kubernetes.KubernetesReply.NotSent;
import io.pgmahout.agent.model.Term;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import okhttp3.Request;

/** Does a move: one request, which ends at its deadline, and what it tells of the scene. */
final class Moves {

    private static final Duration CALL_LIMIT = Duration.ofSeconds(1);
    private static final int NOT_FOUND = 404;
    private static final int UNPROCESSABLE = 422;

    private final RoutingApi api;
    private final KubernetesCalls calls;
    private final Function<Duration, Optional<Term>> newestTerm;

    /** {@code newestTerm} asks the store, for so long at most. */
    Moves(RoutingApi api, KubernetesCalls calls, Function<Duration, Optional<Term>> newestTerm) {
        this.api = api;
        this.calls = calls;
        this.newestTerm = newestTerm;
    }

    /** What an answer says of the scene. */
    private interface Shown {
        Scene in(JsonFields answer) throws UnreadableException;
    }

    Attempted attempt(Move move, Scene scene) {
        return switch (move) {
            case Move.Nothing nothing -> new Attempted.Done(scene);
            case Move.Stuck stuck -> new Attempted.Refused(stuck.reason());
            case Move.ListPods list ->
                ask(
                        api.listPods(),
                        scene,
                        answer -> scene.listed(api.pods(answer)),
                        denied -> new Attempted.Refused(api.podRefusal("list", "pods", denied)));
            case Move.ReadOwnPod read ->
                ask(
                        api.getPod(),
                        scene,
                        answer -> scene.pod(api.pod(answer)),
                        denied -> denied.is("NotFound", "pods")
                                ? new Attempted.Done(scene.noOwnPod())
                                : new Attempted.Refused(api.podRefusal("get", ownPod(), denied)));
            case Move.ReadService read ->
                ask(
                        api.getService(),
                        scene,
                        answer -> scene.service(RoutingApi.service(answer), true),
                        denied -> denied.is("NotFound", "services")
                                ? new Attempted.Done(scene.noService())
                                : new Attempted.Refused(api.serviceRefusal("get", denied)));
            case Move.AskTerm ask ->
                newestTerm
                        .apply(CALL_LIMIT)
                        .<Attempted>map(term -> new Attempted.Done(scene.term(term)))
                        .orElseGet(
                                () -> new Attempted.Unknown(scene, "the store does not tell the term", Duration.ZERO));
            case Move.Label label ->
                ask(
                        api.label(label.pod(), label.labels()),
                        scene.podsUnknown(),
                        answer -> scene.pod(api.pod(answer)),
                        denied -> isConflict(denied)
                                ? new Attempted.Conflict(scene.podsUnknown(), denied.message())
                                : new Attempted.Refused(api.podRefusal(
                                        "patch", "the pod " + label.pod().name(), denied)));
            case Move.Lead lead ->
                ask(
                        api.lead(lead),
                        scene.serviceUnknown(),
                        answer -> scene.service(RoutingApi.service(answer), true),
                        denied -> isConflict(denied)
                                ? new Attempted.Conflict(scene.serviceUnknown(), denied.message())
                                : new Attempted.Refused(api.serviceRefusal("patch", denied)));
        };
    }

    private String ownPod() {
        return "the pod " + api.target().pod();
    }

    /** The object has another version, or is gone, or has not what the patch is about. */
    private static boolean isConflict(Denied denied) {
        return denied.status() == KubernetesReply.CONFLICT
                || denied.status() == NOT_FOUND
                || denied.status() == UNPROCESSABLE;
    }

    /** {@code unsure} is what is left of the scene when nobody knows what became of the request. */
    private Attempted ask(Request request, Scene unsure, Shown shown, Function<Denied, Attempted> denial) {
        return switch (calls.send(request, Deadline.after(CALL_LIMIT))) {
            case Done done -> {
                try {
                    yield new Attempted.Done(shown.in(new JsonFields("the answer of the API server", done.body())));
                } catch (UnreadableException e) {
                    yield new Attempted.Unknown(unsure, e.reason(), Duration.ZERO);
                }
            }
            case Denied denied -> denial.apply(denied);
            case Busy busy -> new Attempted.Unknown(unsure, busy.problem(), busy.pause());
            case NotSent notSent -> new Attempted.Unknown(unsure, notSent.reason(), Duration.ZERO);
            case Lost lost -> new Attempted.Unknown(unsure, lost.reason(), Duration.ZERO);
        };
    }
}
