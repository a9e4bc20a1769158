package io.pgmahout.agent.kubernetes;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens the way to an API server; loads none of its libraries before. */
public final class Kubernetes {

    private Kubernetes() {}

    /**
     * Does not ask whether the API server answers; whoever opens it closes it.
     *
     * @param namespace where our own objects are; null for the one that {@code login} is at home in
     * @throws IOException if a file cannot be used, or this is no pod; the message is a sentence for an operator
     */
    public static KubernetesHttp open(KubernetesLogin login, @Nullable String namespace) throws IOException {
        try {
            return new KubernetesHttp(KubernetesAccess.open(login, namespace));
        } catch (LinkageError e) {
            // They are on the class path only where the start line has found the word "kubernetes" in the settings.
            throw new IOException(
                    "the libraries for Kubernetes, in the directories kubernetes and certs beside lib, are not on the"
                            + " class path: " + e.getMessage(),
                    e);
        }
    }
}
