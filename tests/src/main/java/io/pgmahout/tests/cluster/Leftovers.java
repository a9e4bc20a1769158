package io.pgmahout.tests.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What must be gone when this process ends: what was opened last first, then the files it all ran from. */
final class Leftovers {

    private static final Set<Leftover> OPEN = new LinkedHashSet<>();
    private static final List<Path> DIRECTORIES = new ArrayList<>();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("leftovers").unstarted(Leftovers::remove));
    }

    private Leftovers() {}

    static synchronized void opened(Leftover one) {
        OPEN.add(one);
    }

    static synchronized void closed(Leftover one) {
        OPEN.remove(one);
    }

    static synchronized void deleteAtEnd(Path directory) {
        DIRECTORIES.add(directory);
    }

    private static void remove() {
        openOnes().reversed().forEach(Leftover::close);
        directories().forEach(ServerUser::deleteTree);
    }

    private static synchronized List<Leftover> openOnes() {
        return List.copyOf(OPEN);
    }

    private static synchronized List<Path> directories() {
        return List.copyOf(DIRECTORIES);
    }
}
