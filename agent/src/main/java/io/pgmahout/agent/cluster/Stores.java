package io.pgmahout.agent.cluster;

import java.io.IOException;
import java.time.InstantSource;

/** Opens cluster stores. */
public final class Stores {

    private Stores() {}

    /**
     * Opens the store of {@code cluster}. Does not ask whether the store answers; whoever opens it closes it.
     *
     * @throws IOException if something on this machine that the store needs cannot be used (a directory, a PEM
     *     file); the message is a sentence for an operator
     */
    public static ClusterStore open(String cluster, StoreSettings settings) throws IOException {
        return switch (settings) {
            case FileSettings file -> new FileStore(cluster, file.file());
            case EtcdSettings etcd -> new EtcdStore(cluster, etcd);
            case KubernetesSettings kubernetes -> kubernetes(cluster, kubernetes);
        };
    }

    /** Its libraries are on the class path only where the start line has found the word "kubernetes" in the settings. */
    private static ClusterStore kubernetes(String cluster, KubernetesSettings settings) throws IOException {
        try {
            return new KubernetesStore(cluster, settings, InstantSource.system());
        } catch (LinkageError e) {
            throw new IOException(
                    "the libraries for Kubernetes, in the directories kubernetes and certs beside lib, are not on the"
                            + " class path: " + e.getMessage(),
                    e);
        }
    }
}
