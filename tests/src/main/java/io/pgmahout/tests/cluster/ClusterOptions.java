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
 * @param token whether the admin ports want a token
 * @param tls whether members prove themselves by certificates of an {@link Authority}, to each other, on their admin
 *     ports, and to an etcd
 * @param walVolumes whether each member has its WAL in {@link LocalMember#wal}
 */
public record ClusterOptions(
        String name,
        int members,
        Map<String, String> settings,
        Map<String, String> parameters,
        List<String> jvmOptions,
        IntFunction<Place> place,
        boolean token,
        boolean tls,
        boolean walVolumes) {

    /** On loopback: three members with the defaults of everything that is about safety and time. */
    public static final ClusterOptions DEFAULT = new ClusterOptions(
            "demo",
            3,
            Map.of(),
            Map.of("shared_buffers", "32MB", "max_connections", "100", "max_wal_size", "256MB"),
            List.of(),
            number -> Place.LOOPBACK,
            false,
            false,
            false);

    public ClusterOptions {
        settings = Map.copyOf(settings);
        parameters = Map.copyOf(parameters);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /**
     * Where a member is.
     *
     * @param host the address at which the others reach it
     * @param clientHost the address at which this process reaches it
     * @param prefix a command in front of all it starts ({@code ip netns exec NAME}), run by this process's user
     * @param wrapper a command in front of agent and gate themselves, run by their user
     */
    public record Place(String host, String clientHost, List<String> prefix, List<String> wrapper) {
        public static final Place LOOPBACK = new Place("127.0.0.1", "127.0.0.1", List.of(), List.of());

        public Place {
            prefix = List.copyOf(prefix);
            wrapper = List.copyOf(wrapper);
        }

        /** What its server and its admin port listen on, to be reached by both. */
        String listen() {
            return host.equals(clientHost) ? host : "0.0.0.0";
        }
    }

    public ClusterOptions withMembers(int count) {
        return new ClusterOptions(name, count, settings, parameters, jvmOptions, place, token, tls, walVolumes);
    }

    public ClusterOptions withSetting(String key, String value) {
        return new ClusterOptions(
                name, members, with(settings, key, value), parameters, jvmOptions, place, token, tls, walVolumes);
    }

    public ClusterOptions withSettings(Map<String, String> more) {
        ClusterOptions all = this;
        for (Map.Entry<String, String> one : more.entrySet()) {
            all = all.withSetting(one.getKey(), one.getValue());
        }
        return all;
    }

    public ClusterOptions withParameter(String key, String value) {
        return new ClusterOptions(
                name, members, settings, with(parameters, key, value), jvmOptions, place, token, tls, walVolumes);
    }

    public ClusterOptions withJvmOptions(List<String> options) {
        return new ClusterOptions(name, members, settings, parameters, options, place, token, tls, walVolumes);
    }

    public ClusterOptions withPlaces(IntFunction<Place> places) {
        return new ClusterOptions(name, members, settings, parameters, jvmOptions, places, token, tls, walVolumes);
    }

    public ClusterOptions withToken() {
        return new ClusterOptions(name, members, settings, parameters, jvmOptions, place, true, tls, walVolumes);
    }

    public ClusterOptions withTls() {
        return new ClusterOptions(name, members, settings, parameters, jvmOptions, place, token, true, walVolumes);
    }

    public ClusterOptions withWalVolumes() {
        return new ClusterOptions(name, members, settings, parameters, jvmOptions, place, token, tls, true);
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }
}
