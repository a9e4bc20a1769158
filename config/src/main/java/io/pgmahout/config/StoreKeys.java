package io.pgmahout.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where the cluster record lives. */
final class StoreKeys {
    /** The kinds of store; each has a section of its own. */
    enum Kind {
        FILE,
        ETCD,
        KUBERNETES
    }

    static final Key<Kind> TYPE = Key.required(
            "store.type",
            Types.oneOf(Kind.class),
            "Where the cluster record lives: in a file (every member on one host), in etcd, or in a Lease of Kubernetes.",
            s -> Optional.of(
                    switch (s.store()) {
                        case StoreSettings.File ignored -> Kind.FILE;
                        case StoreSettings.Etcd ignored -> Kind.ETCD;
                        case StoreSettings.Kubernetes ignored -> Kind.KUBERNETES;
                    }));
    static final Key<Path> PATH = Key.optional(
            "store.file.path",
            Types.PATH,
            "The file of the cluster record, the same for all members; its directory must exist.",
            s -> s.store() instanceof StoreSettings.File file ? Optional.of(file.path()) : Optional.empty());
    static final Key<List<URI>> ENDPOINTS = Key.optional(
            "store.etcd.endpoints",
            Types.listOf(Types.ENDPOINT, 16),
            "The members of the etcd cluster.",
            etcd(store -> Optional.of(store.endpoints())));
    static final Key<String> PREFIX = Key.standard(
            "store.etcd.prefix",
            Types.matching("a path such as /pgmahout, no slash at the end", "(/[A-Za-z0-9._-]{1,64}){1,8}"),
            "/pgmahout",
            "What the key of the cluster record starts with; the name of the cluster follows.",
            s -> s.store() instanceof StoreSettings.Etcd store ? store.prefix() : "/pgmahout");
    static final Key<String> USER = Key.optional(
            "store.etcd.user",
            Types.text("one line of at most 128 characters", name -> name.length() <= 128, "is too long"),
            "The user of etcd.",
            etcd(StoreSettings.Etcd::user));
    static final Key<Secret> PASSWORD = Key.secret(
            "store.etcd.password-file", "File with the password of that user.", etcd(StoreSettings.Etcd::password));
    static final TlsKeys TLS = TlsKeys.of("store.etcd.tls", "the client of etcd", etcd(StoreSettings.Etcd::tls));

    static final Key<Path> KUBECONFIG = Key.optional(
            "store.kubernetes.kubeconfig",
            Types.READABLE_FILE,
            "The kubeconfig whose current context is used; without it, the service account of the agent's pod.",
            kubernetes(StoreSettings.Kubernetes::kubeconfig));
    static final Key<String> NAMESPACE = Key.optional(
            "store.kubernetes.namespace",
            Types.matching(
                    "a DNS label: lower-case letters, digits and hyphens, no hyphen at either end, at most 63",
                    "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
            "The namespace of the Lease; without it, the pod's, or the one that the kubeconfig names, or default.",
            kubernetes(StoreSettings.Kubernetes::namespace));
    static final Key<String> VOLUME_CLAIM = Key.optional(
            "store.kubernetes.volume-claim",
            Types.matching(
                    "a name of Kubernetes, such as data-{member}, where {member} stands for a member's name",
                    "([a-z0-9]([-.a-z0-9]{0,99}[-.])?)?\\{member}([-.a-z0-9]{0,99}[a-z0-9])?"),
            "The PersistentVolumeClaim of a member's data: Kubernetes removes the Lease with the last claim of a member."
                    + " Without it the Lease stays until somebody removes it.",
            kubernetes(StoreSettings.Kubernetes::volumeClaim));

    static final List<Key<?>> ALL = List.of(
            TYPE,
            PATH,
            ENDPOINTS,
            PREFIX,
            USER,
            PASSWORD,
            TLS.caFile(),
            TLS.certificateFile(),
            TLS.keyFile(),
            KUBECONFIG,
            NAMESPACE,
            VOLUME_CLAIM);

    private StoreKeys() {}

    static StoreSettings from(Values values) {
        return switch (values.get(TYPE)) {
            case FILE -> new StoreSettings.File(values.get(PATH));
            case ETCD ->
                new StoreSettings.Etcd(
                        values.get(ENDPOINTS),
                        values.get(PREFIX),
                        values.find(USER),
                        values.find(PASSWORD),
                        TLS.from(values));
            case KUBERNETES ->
                new StoreSettings.Kubernetes(
                        values.find(KUBECONFIG), values.find(NAMESPACE), values.find(VOLUME_CLAIM));
        };
    }

    private static <T> Function<Settings, Optional<T>> etcd(Function<StoreSettings.Etcd, Optional<T>> read) {
        return s -> s.store() instanceof StoreSettings.Etcd store ? read.apply(store) : Optional.empty();
    }

    private static <T> Function<Settings, Optional<T>> kubernetes(
            Function<StoreSettings.Kubernetes, Optional<T>> read) {
        return s -> s.store() instanceof StoreSettings.Kubernetes store ? read.apply(store) : Optional.empty();
    }
}
