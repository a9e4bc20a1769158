package io.pgmahout.agent.rollout;

import org.jspecify.annotations.Nullable;

/**
 * One pod of the set.
 *
 * @param revision the hash of the template that it was made from; null when it does not tell
 * @param ending whether it was told to end
 */
record SeenPod(String name, String uid, @Nullable String revision, boolean ready, boolean ending) {}
