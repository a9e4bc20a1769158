package io.pgmahout.tests.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * How a {@link LocalCluster} is made.
 *
 * @param name the cluster's name
 * @param members how many members it has from the start, named n1, n2 …
 * @param settings keys of the configuration with their values in YAML, over the defaults of {@link LocalCluster}
 * @param parameters settings of PostgreSQL
 * @param jvmOptions options of the agents' JVM, after those of {@code agent/jvm.options}
 * @param place where the i-th member (from 1) runs
 */
public record ClusterOptions(
        String name,
        int members,
        Map<String, String> settings,
        Map<String, String> parameters,
        List<String> jvmOptions,
        IntFunction<Place> place) {

    /** On loopback: three members with the defaults of everything that is about safety and time. */
    public static final ClusterOptions DEFAULT = new ClusterOptions(
            "demo",
            3,
            Map.of(),
            Map.of("shared_buffers", "32MB", "max_connections", "100", "max_wal_size", "256MB"),
            List.of(),
            number -> Place.LOOPBACK);

    public ClusterOptions {
        settings = Map.copyOf(settings);
        parameters = Map.copyOf(parameters);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** The address a member listens on, and a command in front of all it starts ({@code ip netns exec NAME}). */
    public record Place(String host, List<String> prefix) {
        public static final Place LOOPBACK = new Place("127.0.0.1", List.of());

        public Place {
            prefix = List.copyOf(prefix);
        }
    }

    public ClusterOptions withMembers(int count) {
        return new ClusterOptions(name, count, settings, parameters, jvmOptions, place);
    }

    public ClusterOptions withSetting(String key, String value) {
        return new ClusterOptions(name, members, with(settings, key, value), parameters, jvmOptions, place);
    }

    public ClusterOptions withParameter(String key, String value) {
        return new ClusterOptions(name, members, settings, with(parameters, key, value), jvmOptions, place);
    }

    public ClusterOptions withJvmOptions(List<String> options) {
        return new ClusterOptions(name, members, settings, parameters, options, place);
    }

    public ClusterOptions withPlaces(IntFunction<Place> places) {
        return new ClusterOptions(name, members, settings, parameters, jvmOptions, places);
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }
}
