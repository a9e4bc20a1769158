package io.pgmahout.tests.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Links from this process' own network into namespaces, each a network of two addresses in the range that is set aside for
 * tests of networks (198.18.0.0/15). A namespace has no route from one to another. They go with their namespaces.
 */
final class ClientLinks {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int TRIES = 100;

    private final String subnet = freeSubnet();
    private final String prefix =
            "pgm" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x10000, 0x100000));
    private final List<String> names = new ArrayList<>();

    private static String freeSubnet() {
        String used = ServerUser.run(List.of("ip", "-4", "-oneline", "address"));
        for (int i = 0; i < TRIES; i++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String subnet = "198.%d.%d.".formatted(random.nextInt(18, 20), random.nextInt(256));
            if (!used.contains(subnet)) {
                return subnet;
            }
        }
        throw new ClusterException("no free network in 198.18.0.0/15: " + used);
    }

    /** The address at which this process reaches the namespace of that number, from 1 to 60. */
    String host(int number) {
        return subnet + (4 * number + 2);
    }

    void add(int number, Namespace namespace) {
        String name = prefix + "n" + number;
        names.add(name);
        run("ip", "link", "add", name, "type", "veth", "peer", "name", Namespace.CLIENT, "netns", namespace.pid());
        run("ip", "address", "add", subnet + (4 * number + 1) + "/30", "dev", name);
        run("ip", "link", "set", name, "up");
        namespace.run("ip", "address", "add", host(number) + "/30", "dev", Namespace.CLIENT);
        namespace.run("ip", "link", "set", Namespace.CLIENT, "up");
    }

    List<String> names() {
        return List.copyOf(names);
    }

    /** Waits until none is left, once their namespaces are closed. */
    void awaitGone() {
        Waiting.until("the end of links " + names, LIMIT, () -> {
            String links = run("ip", "-oneline", "link");
            return names.stream().noneMatch(links::contains);
        });
    }

    private static String run(String... command) {
        return ServerUser.run(List.of(command));
    }
}
