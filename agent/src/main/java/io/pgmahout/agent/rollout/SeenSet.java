package io.pgmahout.agent.rollout;

import java.util.List;

/**
 * A StatefulSet and its pods, as the API server shows them.
 *
 * @param replicas how many pods it is to have
 * @param revision the hash of its newest template
 * @param observed whether its controller has seen that template; until then {@code revision} may be an older one's
 * @param updated how many pods were made from it, as the controller counts
 * @param onDelete whether pods get the newest template only when somebody deletes them
 */
record SeenSet(int replicas, String revision, boolean observed, int updated, boolean onDelete, List<SeenPod> pods) {

    SeenSet {
        pods = List.copyOf(pods);
    }

    SeenSet with(List<SeenPod> seen) {
        return new SeenSet(replicas, revision, observed, updated, onDelete, seen);
    }

    /** The pods that were made from another template than the newest. */
    List<SeenPod> outdated() {
        return pods.stream().filter(pod -> !revision.equals(pod.revision())).toList();
    }
}
