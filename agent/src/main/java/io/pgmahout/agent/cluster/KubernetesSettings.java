package io.pgmahout.agent.cluster;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Lease of a Kubernetes.
 *
 * @param access where its API server is, and as whom it is asked
 * @param namespace the Lease's; null for the one that {@code access} is at home in
 * @param lease the Lease's name
 * @param volumeClaim the name of the PersistentVolumeClaim of a member's data, with {@value #MEMBER} in place of the
 *     member's name: the Lease belongs to these claims; null for a Lease that belongs to nothing
 */
public record KubernetesSettings(
        Access access,
        @Nullable String namespace,
        String lease,
        @Nullable String volumeClaim) implements StoreSettings {

    /** What stands for a member's name. */
    public static final String MEMBER = "{member}";

    public KubernetesSettings {
        if (lease.isBlank()) {
            throw new IllegalArgumentException("a Lease has a name");
        }
    }

    /** How the API server is reached. */
    public sealed interface Access {}

    /**
     * As the service account of the pod that this runs in.
     *
     * @param directory with {@code token} (read anew for each request), {@code ca.crt} and {@code namespace}
     * @param environment {@code KUBERNETES_SERVICE_HOST} and {@code KUBERNETES_SERVICE_PORT}, as a pod has them
     */
    public record ServiceAccount(Path directory, Map<String, String> environment) implements Access {

        public ServiceAccount {
            environment = Map.copyOf(environment);
        }

        /** That of this process's own pod. */
        public static ServiceAccount ofThisPod() {
            return new ServiceAccount(Path.of("/var/run/secrets/kubernetes.io/serviceaccount"), System.getenv());
        }
    }

    /** As the current context of a kubeconfig says, read once. */
    public record Kubeconfig(Path file) implements Access {}
}
