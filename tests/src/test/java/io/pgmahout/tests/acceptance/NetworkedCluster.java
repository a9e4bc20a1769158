package io.pgmahout.tests.acceptance;

import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.EtcdNode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.Network;
import java.sql.SQLException;
import java.time.Duration;

/** Three members in network namespaces of their own and a real etcd in another, with TLS between all of them. */
record NetworkedCluster(Network network, LocalCluster cluster, EtcdNode etcd, Oracle oracle) implements AutoCloseable {

    /** Others lead at the earliest a tenth later, which is what clocks may drift. */
    static final Duration STORE_LEASE = Duration.ofSeconds(12);

    /** Forms it and waits until it is whole. */
    static NetworkedCluster form() throws SQLException {
        Network network = Network.create(3);
        LocalCluster cluster = LocalCluster.create(ClusterOptions.DEFAULT
                .withPlaces(network::place)
                .withTls()
                .withSettings(EtcdNode.settings(network))
                .withSetting("failover.lease-duration", STORE_LEASE.toSeconds() + "s")
                .withSetting("failover.peer-lease", "1500ms")
                .withSetting("failover.peer-lease-max", "3s")
                .withSetting("failover.drop-after", "4s"));
        NetworkedCluster all =
                new NetworkedCluster(network, cluster, EtcdNode.start(network, cluster), new Oracle(cluster));
        cluster.start();
        all.oracle.holds();
        return all;
    }

    @Override
    public void close() {
        cluster.close();
        etcd.close();
        network.close();
    }
}
