package io.pgmahout.config;

/**
 * How clients are led in Kubernetes.
 *
 * @param kubernetes whether they are, by the selector of a Service and by labels of the member's pod
 */
public record RoutingSettings(boolean kubernetes, String service, String pod) {}
