package io.pgmahout.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the cluster record lives. */
public sealed interface StoreSettings {
    /** One file, the same for every member, so every member is on one host. */
    record File(Path path) implements StoreSettings {}

    /**
     * etcd through its JSON gateway. Endpoints are scheme, host and port only; all http or all https. User and
     * password are both there or both not.
     */
    record Etcd(
            List<URI> endpoints,
            String prefix,
            Optional<String> user,
            Optional<Secret> password,
            Optional<TlsSettings> tls)
            implements StoreSettings {
        public Etcd {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * A Lease in Kubernetes, named after the cluster. Without a kubeconfig the service account of the agent's pod is
     * used; without a namespace its, or the kubeconfig's.
     */
    record Kubernetes(Optional<Path> kubeconfig, Optional<String> namespace, Optional<String> volumeClaim)
            implements StoreSettings {}
}
