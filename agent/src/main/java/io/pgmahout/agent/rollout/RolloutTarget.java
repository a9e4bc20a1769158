package io.pgmahout.agent.rollout;

/**
 * What a rolling update is about.
 *
 * @param statefulSet whose pods the members are
 * @param cluster the value of the label that its pods have in common
 * @param pod this member's own
 */
public record RolloutTarget(String statefulSet, String cluster, String pod) {}
