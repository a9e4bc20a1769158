package io.pgmahout.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** How clients are led in Kubernetes. */
final class RoutingKeys {
    static final Key<Boolean> KUBERNETES = Key.optional(
            "routing.kubernetes",
            Types.BOOLEAN,
            "Whether clients are led by a Service's selector and by labels of the member's pod; without it they are with"
                    + " store.type kubernetes, and not else.",
            kubernetes(RoutingSettings::kubernetes));
    static final Key<String> SERVICE = Key.optional(
            "routing.kubernetes.service",
            Types.matching(
                    "a DNS label: a lower-case letter, then letters, digits and hyphens, no hyphen at the end, at most 63",
                    "[a-z]([-a-z0-9]{0,61}[a-z0-9])?"),
            "The Service that leads to the primary, in the namespace of the Lease; without it, the cluster's name and -rw.",
            kubernetes(RoutingSettings::service));
    static final Key<String> POD = Key.optional(
            "routing.kubernetes.pod",
            Types.matching(
                    "a name of Kubernetes: lower-case letters, digits, hyphens and dots, at most 253",
                    "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"),
            "This member's pod, in the namespace of the Lease; without it, the one of the member's name.",
            kubernetes(RoutingSettings::pod));

    static final List<Key<?>> ALL = List.of(KUBERNETES, SERVICE, POD);

    static final List<Relation> RELATIONS = List.of(
            Relation.must(
                    "routing.kubernetes is true with store.type kubernetes only, whose API server it needs",
                    v -> Relation.when(
                            v.find(KUBERNETES).orElse(false) && v.get(StoreKeys.TYPE) != StoreKeys.Kind.KUBERNETES,
                            "needs store.type kubernetes"),
                    KUBERNETES,
                    StoreKeys.TYPE),
            onlyRouted(SERVICE),
            onlyRouted(POD));

    private RoutingKeys() {}

    static RoutingSettings from(Values values) {
        return new RoutingSettings(
                routed(values),
                values.find(SERVICE).orElseGet(() -> values.get(MemberKeys.CLUSTER) + "-rw"),
                values.find(POD).orElseGet(() -> values.get(MemberKeys.NAME)));
    }

    /** They are in effect where the record is in Kubernetes. */
    private static <T> Function<Settings, Optional<T>> kubernetes(Function<RoutingSettings, T> read) {
        return s ->
                s.store() instanceof StoreSettings.Kubernetes ? Optional.of(read.apply(s.routing())) : Optional.empty();
    }

    private static Relation onlyRouted(Key<String> key) {
        return Relation.should(
                key.name() + " has an effect with store.type kubernetes only, and with routing.kubernetes not false",
                v -> Relation.when(v.isSet(key) && !routed(v), "has no effect without routing in Kubernetes"),
                key,
                KUBERNETES);
    }

    private static boolean routed(Values values) {
        return values.get(StoreKeys.TYPE) == StoreKeys.Kind.KUBERNETES
                && values.find(KUBERNETES).orElse(true);
    }
}
