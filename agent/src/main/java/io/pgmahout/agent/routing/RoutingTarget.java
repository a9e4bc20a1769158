package io.pgmahout.agent.routing;

/**
 * What a member leads its clients by.
 *
 * @param cluster the value of the label that its pods have in common
 * @param pod its own
 * @param service the Service that leads to the primary
 */
public record RoutingTarget(String cluster, String pod, String service) {}
