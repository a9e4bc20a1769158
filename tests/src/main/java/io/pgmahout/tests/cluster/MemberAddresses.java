package io.pgmahout.tests.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where a member listens, and where the others and this process reach it: ports that were free when it was made. */
final class MemberAddresses {

    private final ClusterOptions.Place place;
    private final int gossipPort = Ports.free();
    private final int adminPort = Ports.free();
    private int postgresPort = Ports.free();

    MemberAddresses(ClusterOptions.Place place) {
        this.place = place;
    }

    String gossip() {
        return place.host() + ":" + gossipPort;
    }

    /** As this process reaches it. */
    String admin() {
        return place.clientHost() + ":" + adminPort;
    }

    int postgresPort() {
        return postgresPort;
    }

    /** Another port for the server. */
    void movePostgres() {
        postgresPort = Ports.free();
    }

    /** As keys of the member's configuration. */
    Map<String, String> settings() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("gossip.listen", gossip());
        keys.put("admin.listen", place.listen() + ":" + adminPort);
        keys.put("postgres.listen", place.listen() + ":" + postgresPort);
        if (!place.listen().equals(place.host())) {
            keys.put("admin.advertise", place.host() + ":" + adminPort);
            keys.put("postgres.advertise", place.host() + ":" + postgresPort);
        }
        return keys;
    }
}
