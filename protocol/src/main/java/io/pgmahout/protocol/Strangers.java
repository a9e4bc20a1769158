package io.pgmahout.protocol;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections on which nobody was taken in yet, the oldest first; of those that were accepted there are never more than a
 * limit. Event loop only.
 */
final class Strangers {

    private final int limit;
    private final Set<Connection> connections = new LinkedHashSet<>();

    Strangers(int limit) {
        this.limit = limit;
    }

    /**
     * Takes one more. Returns the one that has to go for it, null where there is room: of the address that has most of
     * them the oldest, so that one machine that opens thousands keeps no other out.
     */
    @Nullable
    Connection add(Connection comer) {
        Connection leaves = null;
        if (comer.seed() == null) {
            Map<String, Integer> byHost = new HashMap<>();
            for (Connection one : connections) {
                if (one.seed() == null) {
                    byHost.merge(host(one), 1, Integer::sum);
                }
            }
            int all = byHost.values().stream().mapToInt(Integer::intValue).sum();
            leaves = all < limit ? null : oldestOfTheMost(byHost);
        }
        if (leaves != null) {
            connections.remove(leaves);
        }
        connections.add(comer);
        return leaves;
    }

    void remove(Connection connection) {
        connections.remove(connection);
    }

    List<Connection> all() {
        return List.copyOf(connections);
    }

    private @Nullable Connection oldestOfTheMost(Map<String, Integer> byHost) {
        int most = byHost.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        for (Connection one : connections) {
            if (one.seed() == null && byHost.getOrDefault(host(one), 0) == most) {
                return one;
            }
        }
        return null;
    }

    private static String host(Connection connection) {
        return host(connection.remote());
    }

    /** The host of host:port. */
    static String host(String address) {
        return address.substring(0, Math.max(0, address.lastIndexOf(':')));
    }
}
