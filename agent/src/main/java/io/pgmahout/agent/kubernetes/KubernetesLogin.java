package io.pgmahout.agent.kubernetes;

import java.nio.file.Path;
import java.util.Map;

/** Where the API server is, and as whom it is asked. */
public sealed interface KubernetesLogin {

    /**
     * As the service account of the pod that this runs in.
     *
     * @param directory with {@code token} (read anew for each request), {@code ca.crt} and {@code namespace}
     * @param environment {@code KUBERNETES_SERVICE_HOST} and {@code KUBERNETES_SERVICE_PORT}, as a pod has them
     */
    record ServiceAccount(Path directory, Map<String, String> environment) implements KubernetesLogin {

        public ServiceAccount {
            environment = Map.copyOf(environment);
        }

        /** That of this process's own pod. */
        public static ServiceAccount ofThisPod() {
            return new ServiceAccount(Path.of("/var/run/secrets/kubernetes.io/serviceaccount"), System.getenv());
        }
    }

    /** As the current context of a kubeconfig says, read once. */
    record Kubeconfig(Path file) implements KubernetesLogin {}
}
