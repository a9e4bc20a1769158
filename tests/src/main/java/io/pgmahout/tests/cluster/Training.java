package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes the AOT cache of the agent ({@code Training FILE}): runs two members until they form a cluster, one of whose
 * agents is watched by its JVM, which writes down the classes it loaded.
 */
public final class Training {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private Training() {}

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        try (LocalCluster cluster =
                LocalCluster.create(ClusterOptions.DEFAULT.withMembers(2).withParameter("fsync", "off"))) {
            Path made = cluster.directory().resolve("agent.aot");
            LocalMember watched = cluster.members().getFirst();
            cluster.members().forEach(LocalMember::startGate);
            watched.startAgent(List.of("-XX:AOTCacheOutput=" + made, "-Xlog:aot=off,cds=off"));
            cluster.membersBut(watched).forEach(LocalMember::startAgent);
            cluster.awaitWhole(LIMIT);
            // It hands over, follows, and takes over: what is done first when it counts is not done for the first time.
            watched.killPostmaster();
            awaitLeader(cluster, cluster.membersBut(watched).getFirst());
            cluster.membersBut(watched).getFirst().killPostmaster();
            awaitLeader(cluster, watched);
            watched.admin().get("/explain");
            watched.stopAgent();
            Waiting.until("the cache " + made, LIMIT, () -> Files.exists(made) && !watched.agentRuns());
            Files.copy(made, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void awaitLeader(LocalCluster cluster, LocalMember leader) {
        Waiting.until(
                leader + " leads",
                LIMIT,
                () -> cluster.isWhole() && cluster.primary().equals(Optional.of(leader)),
                cluster::summary);
    }
}
