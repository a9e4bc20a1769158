package io.pgmahout.tests.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * A network of its own for a cluster: a namespace for each member and one for its store, joined by a bridge in a further
 * one, where frames between any two of them can be dropped without a trace, each way for itself. This process reaches
 * every member by a link of its own that is never cut; so its clients are clients inside a node that is cut off.
 *
 * <p>Not for use by several threads at once.
 */
public final class Network implements Leftover {

    /** The name of the store's node. */
    public static final String STORE = "store";

    private static final String SUBNET = "10.77.0.";
    private static final int STORE_NUMBER = 100;

    private final Path directory = ServerUser.newDirectory("pgmahout-network-");
    private final Map<String, Namespace> nodes = new LinkedHashMap<>();
    private final Set<Way> dropped = new LinkedHashSet<>();
    private final ClientLinks links = new ClientLinks();
    private final Namespace bridge;
    private boolean closed;

    /** One direction between two nodes. */
    private record Way(String from, String to) {}

    /** Makes the namespaces for members n1, n2 … and for a store. */
    public static Network create(int members) {
        Network network = new Network();
        try {
            network.connect(members);
            return network;
        } catch (ClusterException e) {
            network.close();
            throw e;
        }
    }

    private Network() {
        Leftovers.opened(this);
        bridge = Namespace.create(directory.resolve("bridge.log"));
    }

    private void connect(int members) {
        bridge.run("ip", "link", "add", Namespace.BRIDGE, "type", "bridge", "mcast_snooping", "0");
        bridge.run("ip", "link", "set", Namespace.BRIDGE, "up");
        bridge.run(
                "nft",
                "add table bridge cuts; add chain bridge cuts forward"
                        + " { type filter hook forward priority 0; policy accept; }");
        addNode(STORE, STORE_NUMBER);
        for (int number = 1; number <= members; number++) {
            Namespace node = addNode("n" + number, number);
            links.add(number, node);
        }
    }

    private Namespace addNode(String name, int number) {
        Namespace node = Namespace.create(directory.resolve(name + ".log"));
        nodes.put(name, node);
        bridge.run("ip", "link", "add", name, "type", "veth", "peer", "name", Namespace.CABLE, "netns", node.pid());
        bridge.run("ip", "link", "set", name, "master", Namespace.BRIDGE, "up");
        node.run("ip", "address", "add", SUBNET + number + "/24", "dev", Namespace.CABLE);
        node.run("ip", "link", "set", Namespace.CABLE, "up");
        return node;
    }

    // Where things are

    /** Where the i-th member runs, from 1. */
    public ClusterOptions.Place place(int number) {
        return new ClusterOptions.Place(
                SUBNET + number, links.host(number), node("n" + number).prefix(), List.of());
    }

    /** The store's address. */
    public String storeHost() {
        return SUBNET + STORE_NUMBER;
    }

    List<String> storePrefix() {
        return node(STORE).prefix();
    }

    private Namespace node(String name) {
        Namespace node = nodes.get(name);
        if (node == null) {
            throw new ClusterException("no node " + name + " among " + nodes.keySet());
        }
        return node;
    }

    /** The processes that hold the namespaces. */
    List<Long> holders() {
        List<Long> pids = new ArrayList<>(List.of(Long.valueOf(bridge.pid())));
        nodes.values().forEach(node -> pids.add(Long.valueOf(node.pid())));
        return pids;
    }

    /** The links to this process' own network. */
    List<String> clientLinks() {
        return links.names();
    }

    // Faults

    /** Nothing passes between one node and all others any more, from one moment on. */
    public void isolate(String node) {
        List<Way> ways = new ArrayList<>(from(node));
        ways.addAll(to(node));
        drop(ways);
    }

    /** Nothing that a node sends arrives anywhere any more; it still receives. */
    public void mute(String node) {
        drop(from(node));
    }

    /** Nothing that others send reaches a node any more; what it sends arrives. */
    public void deafen(String node) {
        drop(to(node));
    }

    /** Nothing passes between a member and the other members any more; the store is in reach of all. */
    public void cutFromStore(String member) {
        List<Way> ways = new ArrayList<>(from(member));
        ways.addAll(to(member));
        ways.removeIf(way -> !way.from().equals(STORE) && !way.to().equals(STORE));
        drop(ways);
    }

    public void cutFromPeers(String member) {
        List<Way> ways = new ArrayList<>(from(member));
        ways.addAll(to(member));
        ways.removeIf(way -> way.from().equals(STORE) || way.to().equals(STORE));
        drop(ways);
    }

    /** Nothing passes between two nodes any more. */
    public void cut(String one, String other) {
        drop(List.of(new Way(one, other), new Way(other, one)));
    }

    /** Nothing passes from one node to another any more; the other way is open. */
    public void cutOneWay(String from, String to) {
        drop(List.of(new Way(from, to)));
    }

    /** A node's link is down: what it sends fails at once, instead of getting lost. */
    public void unplug(String node) {
        node(node).run("ip", "link", "set", Namespace.CABLE, "down");
    }

    /** Everything passes again. */
    public void heal() {
        dropped.clear();
        apply();
        nodes.values().forEach(node -> node.run("ip", "link", "set", Namespace.CABLE, "up"));
    }

    private List<Way> from(String node) {
        requireNode(node);
        return others(node).map(other -> new Way(node, other)).toList();
    }

    private List<Way> to(String node) {
        requireNode(node);
        return others(node).map(other -> new Way(other, node)).toList();
    }

    private Stream<String> others(String node) {
        return nodes.keySet().stream().filter(other -> !other.equals(node));
    }

    private void requireNode(String name) {
        node(name);
    }

    private void drop(List<Way> ways) {
        ways.forEach(way -> {
            requireNode(way.from());
            requireNode(way.to());
        });
        dropped.addAll(ways);
        apply();
    }

    /** All of it in one transaction of the kernel. */
    private void apply() {
        StringJoiner script = new StringJoiner("; ");
        script.add("flush chain bridge cuts forward");
        for (Way way : dropped) {
            script.add("add rule bridge cuts forward iifname %s oifname %s drop".formatted(way.from(), way.to()));
        }
        bridge.run("nft", script.toString());
    }

    /** What is cut now, for messages. */
    @Override
    public String toString() {
        return "dropped " + dropped;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        nodes.values().forEach(Namespace::close);
        bridge.close();
        links.awaitGone();
        ServerUser.deleteTree(directory);
        Leftovers.closed(this);
    }
}
