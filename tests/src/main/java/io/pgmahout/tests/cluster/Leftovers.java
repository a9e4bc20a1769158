package io.pgmahout.tests.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What must be gone when this process ends, however it ends: clusters first, then the files they ran from. */
final class Leftovers {

    private static final Set<LocalCluster> OPEN = new LinkedHashSet<>();
    private static final List<Path> DIRECTORIES = new ArrayList<>();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("leftovers").unstarted(Leftovers::remove));
    }

    private Leftovers() {}

    static synchronized void opened(LocalCluster cluster) {
        OPEN.add(cluster);
    }

    static synchronized void closed(LocalCluster cluster) {
        OPEN.remove(cluster);
    }

    static synchronized void deleteAtEnd(Path directory) {
        DIRECTORIES.add(directory);
    }

    private static void remove() {
        for (LocalCluster cluster : openOnes()) {
            cluster.close();
        }
        directories().forEach(ServerUser::deleteTree);
    }

    private static synchronized List<LocalCluster> openOnes() {
        return List.copyOf(OPEN);
    }

    private static synchronized List<Path> directories() {
        return List.copyOf(DIRECTORIES);
    }
}
