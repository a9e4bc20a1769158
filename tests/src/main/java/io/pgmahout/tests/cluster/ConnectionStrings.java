package io.pgmahout.tests.cluster;

import java.util.StringJoiner;
import java.util.stream.Collectors;

/** How clients are told where a cluster's members are, and who they are. */
final class ConnectionStrings {

    private ConnectionStrings() {}

    /** The superuser, with time-outs of a few seconds. */
    static String jdbcOptions(String password) {
        return "user=postgres&password=" + password
                + "&connectTimeout=2&loginTimeout=5&socketTimeout=30&ApplicationName=client&sslmode=disable";
    }

    static String jdbcUrl(LocalCluster cluster, String database) {
        return "jdbc:postgresql://%s/%s?%s&targetServerType=primary&hostRecheckSeconds=0"
                .formatted(
                        cluster.members().stream()
                                .map(member -> member.host() + ":" + member.port())
                                .collect(Collectors.joining(",")),
                        database,
                        cluster.jdbcOptions());
    }

    static String psql(LocalCluster cluster, String database) {
        StringJoiner hosts = new StringJoiner(",");
        StringJoiner ports = new StringJoiner(",");
        for (LocalMember member : cluster.members()) {
            hosts.add(member.host());
            ports.add(Integer.toString(member.port()));
        }
        return "psql 'host=%s port=%s user=postgres dbname=%s passfile=%s target_session_attrs=read-write'"
                .formatted(hosts, ports, database, cluster.passwordFile());
    }
}
