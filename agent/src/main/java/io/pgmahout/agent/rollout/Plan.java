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
     * A member goes only while all others serve; one that serves nobody may go whatever the others do, or a template that
     * never became ready could not be replaced by a better one.
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
        Optional<SeenPod> idle = others(own, outdated)
                .filter(pod -> !pod.ready() && !pod.ending())
                .findFirst();
        if (idle.isPresent()) {
            return new Turn.Replace(idle.get());
        }
        Optional<String> obstacle = obstacle(set, problems);
        if (obstacle.isPresent()) {
            return new Turn.Wait(obstacle.get());
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

    private static Optional<String> obstacle(SeenSet set, List<String> problems) {
        for (SeenPod pod : set.pods()) {
            if (pod.ending()) {
                return Optional.of("the pod " + pod.name() + " is about to end");
            }
            if (!pod.ready()) {
                return Optional.of("the pod " + pod.name() + " is not ready");
            }
        }
        if (set.pods().size() != set.replicas()) {
            return Optional.of("there are " + set.pods().size() + " pods of " + set.replicas());
        }
        return problems.stream().findFirst();
    }
}
