package io.pgmahout.agent.routing;

/**
 * A pod as the API server showed it.
 *
 * @param version its resourceVersion
 * @param labelled whether it has any label, ours or not
 * @param seenAt when this version was first seen, by the count of the {@link Scene}
 */
record SeenPod(String name, String uid, long version, boolean labelled, Labels labels, long seenAt) {

    SeenPod at(long now) {
        return new SeenPod(name, uid, version, labelled, labels, now);
    }
}
