package io.pgmahout.tests.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What stands in a member's configuration file. */
final class MemberConfiguration {

    private MemberConfiguration() {}

    /** Defaults for this machine, the cluster's settings, the member's. */
    static String yaml(LocalCluster cluster, LocalMember member) {
        ClusterOptions options = cluster.options();
        StringBuilder yaml = new StringBuilder();
        settings(cluster, member)
                .forEach((key, value) ->
                        yaml.append(key).append(": ").append(value).append('\n'));
        Map<String, String> parameters = new TreeMap<>(options.parameters());
        parameters.putAll(member.parameters());
        if (!parameters.isEmpty()) {
            yaml.append("postgres.parameters:\n");
            parameters.forEach((key, value) -> yaml.append("  %s: '%s'%n".formatted(key, value.replace("'", "''"))));
        }
        return yaml.toString();
    }

    private static Map<String, String> settings(LocalCluster cluster, LocalMember member) {
        ClusterOptions options = cluster.options();
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("cluster", options.name());
        keys.put("member.name", member.name());
        keys.put("member.state-directory", member.directory().resolve("state").toString());
        keys.put("member.run-directory", member.run().toString());
        keys.putAll(member.addresses());
        keys.put(
                "gossip.peers",
                cluster.members().stream().map(LocalMember::gossipAddress).collect(Collectors.joining(", ", "[", "]")));
        if (options.settings().getOrDefault("store.type", "file").equals("file")) {
            keys.put("store.type", "file");
            keys.put("store.file.path", cluster.record().toString());
        }
        keys.put("postgres.data-directory", member.data().toString());
        if (options.walVolumes()) {
            keys.put("postgres.wal-directory", member.wal().toString());
        }
        keys.put("postgres.socket-directory", member.directory().resolve("sock").toString());
        keys.put(
                "postgres.superuser.password-file",
                cluster.passwordFileOfServers().toString());
        keys.put(
                "postgres.replication.password-file",
                cluster.passwordFileOfServers().toString());
        if (options.token()) {
            keys.put("admin.token-file", cluster.tokenFile().toString());
        }
        keys.put("log.format", "json");
        cluster.authority().ifPresent(one -> keys.putAll(one.settings(member.name())));
        if (options.settings().getOrDefault("store.etcd.endpoints", "").contains("https://")) {
            cluster.authority().ifPresent(one -> keys.putAll(one.settings("store.etcd.tls", member.name())));
        }
        keys.putAll(options.settings());
        keys.putAll(member.settings());
        return keys;
    }
}
