package io.pgmahout.config;

import java.util.List;
import java.util.Optional;

/** How members are brought to a newer template of their pods, in Kubernetes. */
final class RollingUpdateKeys {
    static final Key<String> STATEFUL_SET = Key.optional(
            "rolling-update.stateful-set",
            Types.matching(
                    "a name of Kubernetes: lower-case letters, digits, hyphens and dots, at most 253",
                    "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"),
            "The StatefulSet, with the update strategy OnDelete and in the namespace of the Lease, whose pods the agents"
                    + " bring to its newest template: standbys first, then a hand-over, then the old primary.",
            Settings::statefulSet);

    static final List<Key<?>> ALL = List.of(STATEFUL_SET);

    static final List<Relation> RELATIONS = List.of(Relation.must(
            "rolling-update.stateful-set is set with store.type kubernetes only, whose API server it needs",
            v -> Relation.when(
                    v.isSet(STATEFUL_SET) && v.get(StoreKeys.TYPE) != StoreKeys.Kind.KUBERNETES,
                    "needs store.type kubernetes"),
            STATEFUL_SET,
            StoreKeys.TYPE));

    private RollingUpdateKeys() {}

    static Optional<String> from(Values values) {
        return values.find(STATEFUL_SET);
    }
}
