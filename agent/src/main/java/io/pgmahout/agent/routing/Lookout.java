package io.pgmahout.agent.routing;

import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesFeed;
import io.pgmahout.agent.kubernetes.KubernetesFeed.News;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the scene new by two watches, of the cluster's pods and of the Service. Behind them stands a look at all of it,
 * each time a watch ends, which is every five minutes, and when one has not even told that nothing changed (as API
 * servers do every minute). Belongs to one thread.
 */
final class Lookout {

    /** More than the time between two bookmarks. */
    private static final Duration SILENCE = Duration.ofSeconds(90);

    private final RoutingApi api;
    private final KubernetesFeed pods;
    private final KubernetesFeed service;
    private Deadline podsSilentAt = Deadline.after(SILENCE);
    private Deadline serviceSilentAt = Deadline.after(SILENCE);
    private boolean podsDue;
    private boolean serviceDue;
    private Scene scene = Scene.UNKNOWN;

    Lookout(RoutingApi api, KubernetesHttp http, Thread reader) {
        this.api = api;
        this.pods = new KubernetesFeed(http, api::watchPods, denied -> api.podRefusal("watch", "pods", denied), reader);
        this.service =
                new KubernetesFeed(http, api::watchService, denied -> api.serviceRefusal("watch", denied), reader);
    }

    Scene scene() {
        return scene;
    }

    void becomes(Scene next) {
        scene = next;
    }

    /** Takes what one of the watches told; false if there was nothing. */
    boolean listen() throws UnreadableException {
        if (podsSilentAt.passed()) {
            pods.restart();
            podsDue = true;
            podsSilentAt = Deadline.after(SILENCE);
        }
        if (serviceSilentAt.passed()) {
            service.restart();
            serviceDue = true;
            serviceSilentAt = Deadline.after(SILENCE);
        }
        News ofPods = pods.next();
        if (ofPods != null) {
            podsSilentAt = Deadline.after(SILENCE);
            ofPods(ofPods);
        }
        News ofService = service.next();
        if (ofService != null) {
            serviceSilentAt = Deadline.after(SILENCE);
            ofService(ofService);
        }
        return ofPods != null || ofService != null;
    }

    private void ofPods(News news) throws UnreadableException {
        switch (news) {
            case News.Changed changed -> scene = scene.pod(api.pod(changed.object()));
            case News.Removed removed -> {
                SeenPod pod = api.pod(removed.object());
                scene = scene.podGone(pod.name(), removed.revision());
            }
            case News.Bookmark bookmark -> {}
            case News.Ended ended -> podsDue = true;
            case News.Forgotten forgotten -> podsDue = true;
        }
    }

    private void ofService(News news) throws UnreadableException {
        switch (news) {
            case News.Changed changed -> scene = scene.service(RoutingApi.service(changed.object()), false);
            // What replaced it since is seen by a look, not by an old word of a watch.
            case News.Removed removed -> serviceDue = true;
            case News.Bookmark bookmark -> {}
            case News.Ended ended -> serviceDue = true;
            case News.Forgotten forgotten -> serviceDue = true;
        }
    }

    /** What is to be looked at anew. */
    Move due() {
        if (podsDue) {
            return new Move.ListPods();
        }
        return serviceDue ? new Move.ReadService() : new Move.Nothing();
    }

    /** A move was done, perhaps one that was due. */
    void looked(Move move) {
        podsDue &= !(move instanceof Move.ListPods);
        serviceDue &= !(move instanceof Move.ReadService);
    }

    /** What is wrong with the watches, null for nothing. */
    @Nullable
    String trouble() {
        return pods.trouble() == null ? service.trouble() : pods.trouble();
    }

    long untilNextNanos() {
        return Math.min(
                Math.min(pods.untilNextNanos(), service.untilNextNanos()),
                Math.min(podsSilentAt.leftNanos(), serviceSilentAt.leftNanos()));
    }

    void close() {
        pods.close();
        service.close();
    }
}
