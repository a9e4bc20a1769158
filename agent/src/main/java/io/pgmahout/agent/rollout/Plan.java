package io.pgmahout.agent.rollout;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The order of a rolling update, as the primary's agent keeps it. Pure. */
final class Plan {

    /** As the controller of a StatefulSet does it: the greatest number first. */
    private static final Comparator<SeenPod> GREATEST_FIRST = Comparator.<SeenPod>comparingInt(
                    pod -> pod.name().length())
            .thenComparing(SeenPod::name)
            .reversed();

    private Plan() {}

    /**
     * A member goes only while all others serve. One that serves nobody goes first, or a template that never became ready
     * could not be replaced by a better one; but even those one at a time, each once those before it are ready: a pod that
     * Kubernetes calls unready, of a node that it has not heard of, may be a member in good health.
     *
     * @param own the primary's pod
     * @param problems what keeps the cluster from being well, a sentence each
     */
    static Turn next(String own, SeenSet set, List<String> problems) {
        if (!set.onDelete()) {
            return new Turn.Rest();
        }
        if (!set.observed()) {
            return new Turn.Wait("the StatefulSet's newest template was not looked at by its controller yet");
        }
        List<SeenPod> outdated = set.outdated().stream().sorted(GREATEST_FIRST).toList();
        if (outdated.isEmpty()) {
            return new Turn.Rest();
        }
        Optional<String> away = away(set);
        if (away.isPresent()) {
            return new Turn.Wait(away.get());
        }
        Optional<SeenPod> idle =
                others(own, outdated).filter(pod -> !pod.ready()).findFirst();
        Optional<String> obstacle = unready(
                        set.pods().stream().filter(pod -> idle.isEmpty() || !outdated.contains(pod)))
                .or(() ->
                        idle.isPresent() ? Optional.empty() : problems.stream().findFirst());
        if (obstacle.isPresent()) {
            return new Turn.Wait(obstacle.get());
        }
        if (idle.isPresent()) {
            return new Turn.Replace(idle.get());
        }
        Optional<SeenPod> standby = others(own, outdated).findFirst();
        if (standby.isPresent()) {
            return new Turn.Replace(standby.get());
        }
        return set.pods().size() > 1 ? new Turn.HandOver() : new Turn.Replace(outdated.getFirst());
    }

    private static Stream<SeenPod> others(String own, List<SeenPod> pods) {
        return pods.stream().filter(pod -> !pod.name().equals(own));
    }

    /** Why a pod is not there that was there, or will be. */
    private static Optional<String> away(SeenSet set) {
        Optional<String> ending = set.pods().stream()
                .filter(SeenPod::ending)
                .map(pod -> "the pod " + pod.name() + " is about to end")
                .findFirst();
        return ending.isPresent() || set.pods().size() == set.replicas()
                ? ending
                : Optional.of("there are " + set.pods().size() + " pods of " + set.replicas());
    }

    private static Optional<String> unready(Stream<SeenPod> pods) {
        return pods.filter(pod -> !pod.ready())
                .map(pod -> "the pod " + pod.name() + " is not ready")
                .findFirst();
    }
}
