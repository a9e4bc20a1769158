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
            case KubernetesSettings kubernetes -> new KubernetesStore(cluster, kubernetes, InstantSource.system());
        };
    }
}
