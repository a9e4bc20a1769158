package io.pgmahout.agent.routing;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.kubernetes.KubernetesAccess;
import io.pgmahout.agent.kubernetes.KubernetesCalls;
import io.pgmahout.agent.kubernetes.KubernetesReply;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.KubernetesReply.Done;
import io.pgmahout.agent.kubernetes.Refusal;
import io.pgmahout.agent.model.EventCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of changes of role as Events of Kubernetes, on the pod, and on the Lease where the primary changes. They are for
 * people: each is tried once, on a thread of its own, beyond a number in a minute none is, and nothing waits for them. That the
 * right to make them is missing is logged once.
 */
final class RoleEvents implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RoleEvents.class);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
    private static final int MOST_IN_A_MINUTE = 6;
    private static final int WAITING = 4;
    private static final int FORBIDDEN = 403;

    private final KubernetesAccess access;
    private final KubernetesCalls calls;
    private final RoutingTarget target;
    private final InstantSource wallClock;
    private final Consumer<Notice> log;
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("role-events").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    private Deadline minuteEnd = Deadline.after(Duration.ZERO);
    private int inMinute;
    private boolean refused;

    RoleEvents(
            KubernetesAccess access,
            KubernetesCalls calls,
            RoutingTarget target,
            InstantSource wallClock,
            Consumer<Notice> log) {
        this.access = access;
        this.calls = calls;
        this.target = target;
        this.wallClock = wallClock;
        this.log = log;
        worker.allowCoreThreadTimeOut(true);
    }

    /**
     * The labels of a pod tell a new role. One thread.
     *
     * @param before null at the start of the agent
     */
    void changed(@Nullable Wish before, Wish now, String podUid) {
        Role former = before == null ? Role.NONE : before.role();
        if (former == now.role()) {
            return;
        }
        String note = note(now, former);
        String reason = reason(now.role());
        if (mayTell()) {
            worker.execute(() -> tell(reason, note, "Pod", "v1", target.pod(), podUid));
        }
        if ((former == Role.PRIMARY || now.role() == Role.PRIMARY) && mayTell()) {
            worker.execute(() -> tell(reason, note, "Lease", "coordination.k8s.io/v1", target.cluster(), leaseUid()));
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }

    private boolean mayTell() {
        if (minuteEnd.passed()) {
            minuteEnd = Deadline.after(Duration.ofMinutes(1));
            inMinute = 0;
        }
        inMinute++;
        return inMinute <= MOST_IN_A_MINUTE;
    }

    private static String reason(Role role) {
        return switch (role) {
            case PRIMARY -> "Primary";
            case STANDBY -> "Replica";
            case NONE -> "NotServing";
        };
    }

    private String note(Wish now, Role former) {
        return switch (now.role()) {
            case PRIMARY -> target.pod() + " is the primary of " + target.cluster() + " as of term " + now.term();
            case STANDBY -> target.pod() + " is a replica of " + target.cluster();
            case NONE ->
                target.pod() + (former == Role.PRIMARY ? " is the primary no more" : " is no replica")
                        + " while its server does not serve";
        };
    }

    private void tell(String reason, String note, String kind, String version, String name, @Nullable String uid) {
        JsonObject involved = new JsonObject();
        involved.addProperty("apiVersion", version);
        involved.addProperty("kind", kind);
        involved.addProperty("namespace", access.namespace());
        involved.addProperty("name", name);
        if (uid != null) {
            involved.addProperty("uid", uid);
        }
        KubernetesReply reply = calls.send(
                access.request("POST", access.core() + "/events", Map.of(), event(involved, name, reason, note)),
                Deadline.after(CALL_LIMIT));
        if (reply instanceof Denied denied && denied.status() == FORBIDDEN) {
            if (!refused) {
                refused = true;
                log.accept(new Notice(
                        EventCode.ROLE_EVENTS_REFUSED,
                        Map.of(
                                EventCode.Field.DETAIL.key(),
                                Refusal.of(denied, "create", "events", "events", access.namespace()))));
            }
        } else if (!(reply instanceof Done)) {
            LOG.debug("an Event of Kubernetes was not made: {}", reply.problem());
        }
    }

    private JsonObject event(JsonObject involved, String name, String reason, String note) {
        Instant now = wallClock.instant().truncatedTo(ChronoUnit.SECONDS);
        JsonObject metadata = new JsonObject();
        metadata.addProperty("generateName", name + ".");
        JsonObject source = new JsonObject();
        source.addProperty("component", "pgmahout");
        JsonObject event = new JsonObject();
        event.add("metadata", metadata);
        event.add("involvedObject", involved);
        event.add("source", source);
        event.addProperty("reportingComponent", "pgmahout");
        event.addProperty("reportingInstance", target.pod());
        event.addProperty("type", "Normal");
        event.addProperty("reason", reason);
        event.addProperty("message", note);
        event.addProperty("firstTimestamp", now.toString());
        event.addProperty("lastTimestamp", now.toString());
        event.addProperty("count", 1);
        return event;
    }

    /** What {@code kubectl describe} finds an object's events by; without it they are found by name only. */
    private @Nullable String leaseUid() {
        String path = "/apis/coordination.k8s.io/v1/namespaces/" + access.namespace() + "/leases/" + target.cluster();
        if (calls.send(access.request("GET", path, Map.of(), null), Deadline.after(CALL_LIMIT)) instanceof Done lease) {
            try {
                return new JsonFields("the Lease", lease.body())
                        .fields("metadata")
                        .text("uid");
            } catch (UnreadableException e) {
                LOG.debug("no uid of the Lease: {}", e.reason());
            }
        }
        return null;
    }
}
