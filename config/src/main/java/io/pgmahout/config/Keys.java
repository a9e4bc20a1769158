package io.pgmahout.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every key there is, in the order of the reference. */
final class Keys {
    static final List<Key<?>> ALL = Stream.of(
                    MemberKeys.ALL,
                    GossipKeys.ALL,
                    AdminKeys.ALL,
                    StoreKeys.ALL,
                    PostgresKeys.ALL,
                    BootstrapKeys.ALL,
                    FailoverKeys.ALL,
                    RoutingKeys.ALL,
                    RollingUpdateKeys.ALL,
                    OtherKeys.ALL)
            .<Key<?>>flatMap(List::stream)
            .toList();

    /** Variables that start like ours and belong to the gate or to the launcher. */
    static final Set<String> FOREIGN_VARIABLES = Set.of(
            "PGMAHOUT_RUN",
            "PGMAHOUT_BIN",
            "PGMAHOUT_FENCE_HOLD",
            "PGMAHOUT_HANDOVER_WAIT",
            "PGMAHOUT_STOP_WAIT",
            "PGMAHOUT_SERVER_LOG",
            "PGMAHOUT_CONFIG",
            "PGMAHOUT_JAVA");

    private static final Map<String, Key<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::name, Function.identity()));
    private static final Map<String, Key<?>> BY_VARIABLE =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::variable, Function.identity()));

    private Keys() {}

    static Optional<Key<?>> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    static Optional<Key<?>> ofVariable(String variable) {
        return Optional.ofNullable(BY_VARIABLE.get(variable));
    }

    /** The table that a name such as postgres.parameters.work_mem is an entry of. */
    static Optional<Key<?>> tableOf(String name) {
        return ALL.stream()
                .filter(key -> key.type() instanceof TableType && name.startsWith(key.name() + "."))
                .findFirst();
    }

    /** Whether there are keys below this name. */
    static boolean isSection(String name) {
        return ALL.stream().anyMatch(key -> key.name().startsWith(name + "."));
    }

    static Settings settings(Values values) {
        return new Settings(
                values.get(MemberKeys.CLUSTER),
                MemberKeys.from(values),
                GossipKeys.from(values),
                AdminKeys.from(values),
                StoreKeys.from(values),
                PostgresKeys.from(values),
                BootstrapKeys.from(values),
                FailoverKeys.from(values),
                OtherKeys.rebuild(values),
                RoutingKeys.from(values),
                RollingUpdateKeys.from(values),
                OtherKeys.callback(values),
                OtherKeys.log(values));
    }
}
