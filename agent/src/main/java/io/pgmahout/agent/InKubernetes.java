package io.pgmahout.agent;

import io.pgmahout.agent.cluster.ClusterStore;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.KubernetesSettings;
import io.pgmahout.agent.cluster.Stores;
import io.pgmahout.agent.kubernetes.Kubernetes;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.rollout.RollingUpdate;
import io.pgmahout.agent.rollout.RolloutPace;
import io.pgmahout.agent.rollout.RolloutTarget;
import io.pgmahout.agent.routing.KubernetesRouter;
import io.pgmahout.agent.routing.RoutingTarget;
import io.pgmahout.config.RoutingSettings;
import io.pgmahout.config.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An agent's parts that need a Kubernetes: its store and its router, by one way to the API server. */
final class InKubernetes {

    private InKubernetes() {}

    /** The store; the router is the running agent's from now on. */
    static ClusterStore open(Settings settings, KubernetesSettings kubernetes, Running running) throws IOException {
        KubernetesHttp http = Kubernetes.open(kubernetes.login(), kubernetes.namespace());
        ClusterStore store = Stores.open(settings.cluster(), kubernetes, http);
        running.closes(store);
        RoutingSettings routing = settings.routing();
        if (routing.kubernetes()) {
            RoutingTarget target = new RoutingTarget(settings.cluster(), routing.pod(), routing.service());
            running.routes(new KubernetesRouter(http, target, limit -> term(store, limit), running::log));
        }
        settings.statefulSet()
                .ifPresent(set -> running.closes(new RollingUpdate(
                        http,
                        new RolloutTarget(set, settings.cluster(), routing.pod()),
                        RolloutPace.USUAL,
                        new ThisMember(running),
                        running::log)));
        return store;
    }

    private static Optional<Term> term(ClusterStore store, Duration limit) {
        return store.read(limit) instanceof ReadOutcome.Found found
                ? Optional.of(found.stored().record().term())
                : Optional.empty();
    }
}
