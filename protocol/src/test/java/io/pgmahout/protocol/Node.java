package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A transport on loopback that writes down what it is told. */
final class Node implements GossipListener, AutoCloseable {
    /** One line for each call but onMessage: {@code + m2}, {@code - m2 RESET}, {@code ! OTHER_CLUSTER peer}. */
    final List<String> story = new CopyOnWriteArrayList<>();

    final List<Envelope> messages = new CopyOnWriteArrayList<>();
    final List<String> hostile = new CopyOnWriteArrayList<>();
    final List<String> crowds = new CopyOnWriteArrayList<>();
    final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    final LocalIdentity identity;
    final GossipTransport transport;
    private volatile List<PeerAddress> peers = List.of();

    Node(LocalIdentity identity, TransportSecurity security, TransportSettings settings, int port)
            throws IOException, GeneralSecurityException {
        this.identity = identity;
        InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.transport = GossipTransport.start(listen, this::peers, identity, security, settings, this);
    }

    static Node plain(String member) throws IOException, GeneralSecurityException {
        return plain(member, TransportSettings.defaults());
    }

    static Node plain(String member, TransportSettings settings) throws IOException, GeneralSecurityException {
        return new Node(Messages.identity("demo", member), new TransportSecurity.PlainOnLoopback(), settings, 0);
    }

    /** Waits, but not for ever. */
    static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
    }

    PeerAddress address() {
        return new PeerAddress("127.0.0.1", transport.port());
    }

    void dials(PeerAddress... addresses) {
        peers = Arrays.asList(addresses);
    }

    void dials(Node... nodes) {
        peers = Arrays.stream(nodes).map(Node::address).toList();
    }

    boolean isConnectedTo(String member) {
        return transport.connected().stream().anyMatch(peer -> peer.member().equals(member));
    }

    @Override
    public void onMessage(PeerIdentity peer, Envelope message) {
        messages.add(message);
    }

    @Override
    public void onConnected(PeerIdentity peer) {
        story.add("+ " + peer.member());
    }

    @Override
    public void onDisconnected(PeerIdentity peer, DisconnectCause cause) {
        story.add("- " + peer.member() + " " + cause);
    }

    @Override
    public void onRefused(Refusal refusal) {
        refusals.add(refusal);
        story.add("! " + refusal.kind() + (refusal.byPeer() ? " by peer" : " by us"));
    }

    @Override
    public void onBadData(String address, String text) {
        hostile.add(address + " " + text);
    }

    @Override
    public void onCrowded(String address, long closed) {
        crowds.add(address);
    }

    @Override
    public void close() {
        transport.close();
    }

    private List<PeerAddress> peers() {
        return peers;
    }
}
