package io.pgmahout.agent.cluster;

import io.pgmahout.agent.kubernetes.Kubernetes;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
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
            case KubernetesSettings kubernetes ->
                open(cluster, kubernetes, Kubernetes.open(kubernetes.login(), kubernetes.namespace()));
        };
    }

    /** Opens the store of {@code cluster} in Kubernetes, by a way that others use too; it is closed with the store. */
    public static ClusterStore open(String cluster, KubernetesSettings settings, KubernetesHttp http) {
        return new KubernetesStore(cluster, settings, http, InstantSource.system());
    }
}
