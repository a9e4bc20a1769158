package io.pgmahout.agent.cluster;

import io.pgmahout.agent.kubernetes.KubernetesLogin;
import org.jspecify.annotations.Nullable;

/**
 * One Lease of a Kubernetes.
 *
 * @param login where its API server is, and as whom it is asked
 * @param namespace the Lease's; null for the one that {@code login} is at home in
 * @param lease the Lease's name
 * @param volumeClaim the name of the PersistentVolumeClaim of a member's data, with {@value #MEMBER} in place of the
 *     member's name: the Lease belongs to these claims; null for a Lease that belongs to nothing
 */
public record KubernetesSettings(
        KubernetesLogin login,
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
}
