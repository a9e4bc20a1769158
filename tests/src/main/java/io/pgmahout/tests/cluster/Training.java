package io.pgmahout.tests.cluster;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes the AOT cache of the agent ({@code Training FILE}): runs three members, one of whose agents is watched by its JVM,
 * which writes down the classes it loaded, and lets it lose the lead and get it in every way there is. A class that is
 * not in the cache is loaded and linked when it is used first, which is while nobody may write.
 */
public final class Training {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private Training() {}

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        try (LocalCluster cluster = LocalCluster.create(ClusterOptions.DEFAULT.withParameter("fsync", "off"))) {
            Path made = cluster.directory().resolve("agent.aot");
            LocalMember watched = cluster.members().getFirst();
            cluster.members().forEach(LocalMember::startGate);
            watched.startAgent(List.of("-XX:AOTCacheOutput=" + made, "-Xlog:aot=off,cds=off"));
            cluster.membersBut(watched).forEach(LocalMember::startAgent);
            rehearse(cluster, watched);
            watched.stopAgent();
            Waiting.until("the cache " + made, LIMIT, () -> Files.exists(made) && !watched.agentRuns());
            Files.copy(made, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void rehearse(LocalCluster cluster, LocalMember watched) {
        LocalMember second = cluster.membersBut(watched).getFirst();
        LocalMember third = cluster.membersBut(watched).getLast();
        cluster.awaitWhole(LIMIT);
        for (LocalMember next : List.of(watched, second, third, watched)) {
            if (!cluster.primary().equals(Optional.of(next))) {
                switchOver(cluster, next);
            }
            awaitLeader(cluster, next::equals);
        }
        for (String path : List.of("/status", "/members", "/explain", "/history", "/primary", "/replica")) {
            watched.admin().get(path);
        }
        Optional<Long> killed = watched.postmaster();
        watched.killPostmaster();
        awaitLeader(cluster, leader -> !watched.postmaster().equals(killed));
        if (cluster.primary().equals(Optional.of(watched))) {
            // It was started again in place, as it is where no standby has all of its WAL.
            switchOver(cluster, second);
            awaitLeader(cluster, second::equals);
        }
        cluster.primary().orElseThrow().loseNode();
        cluster.awaitPrimary(LIMIT);
    }

    /** By the primary's own port: passing a request on needs classes that nothing else of an agent needs. */
    private static void switchOver(LocalCluster cluster, LocalMember next) {
        JsonObject to = new JsonObject();
        to.addProperty("to", next.name());
        cluster.primary().orElseThrow().admin().act("/switchover", to, LIMIT);
    }

    private static void awaitLeader(LocalCluster cluster, Predicate<LocalMember> wanted) {
        Waiting.until(
                "the next leader",
                LIMIT,
                () -> cluster.isWhole() && cluster.primary().filter(wanted).isPresent(),
                cluster::summary);
    }
}
