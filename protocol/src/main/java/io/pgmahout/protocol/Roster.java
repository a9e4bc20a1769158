package io.pgmahout.protocol;

import io.netty.handler.ssl.SslHandler;
import io.pgmahout.protocol.HelloCheck.Outcome;
import io.pgmahout.protocol.Tally.Count;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.HelloRefused;
import io.pgmahout.protocol.v1.HelloRefused.Reason;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a transport: those that are still opening, and the peers that have one. Judges hellos and tells the
 * listener. Event loop only, but for {@link #peer} and {@link #identities}.
 */
final class Roster implements ConnectionOwner {
    private static final int TEXT_LIMIT = 200;

    private final LocalIdentity local;
    private final HelloCheck hellos;
    private final TransportSettings settings;
    private final GossipListener listener;
    private final Tally tally;
    private final Complaints complaints = new Complaints();
    private final Strangers opening;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();
    private @Nullable Dialer dialer;

    Roster(LocalIdentity local, HelloCheck hellos, TransportSettings settings, GossipListener listener, Tally tally) {
        this.local = local;
        this.hellos = hellos;
        this.settings = settings;
        this.listener = listener;
        this.tally = tally;
        this.opening = new Strangers(settings.maxUnauthenticated());
    }

    /** Before the first connection. */
    void dialer(Dialer theDialer) {
        dialer = theDialer;
    }

    @Nullable
    Peer peer(String member) {
        return peers.get(member);
    }

    List<PeerIdentity> identities() {
        return peers.values().stream()
                .map(Peer::identity)
                .filter(Objects::nonNull)
                .toList();
    }

    /** True while a member that is known to be behind the seed is connected. */
    boolean isServed(Seed seed) {
        if (seed.member != null && peers.containsKey(seed.member)) {
            return true;
        }
        String address = seed.address().toString();
        return peers.values().stream()
                .map(Peer::identity)
                .anyMatch(peer -> peer != null && peer.gossipAddress().equals(address));
    }

    /** Makes room among the unauthenticated connections. */
    @Override
    public void opened(Connection connection) {
        if (connection.seed() == null) {
            tally.add(Count.ACCEPTED);
        }
        Connection leaves = opening.add(connection);
        if (leaves != null) {
            tally.add(Count.EVICTED);
            if (complaints.isNews("any:", "crowded", System.nanoTime())) {
                String address = Strangers.host(leaves.remote());
                long closed = tally.snapshot().evicted();
                Loop.guarded(() -> listener.onCrowded(address, closed)).run();
            }
            leaves.close(DisconnectCause.LOCAL);
        }
    }

    void tick(long nowNanos, long lateNanos) {
        opening.all().forEach(connection -> connection.tick(nowNanos, lateNanos));
        peers.values().forEach(peer -> peer.tick(nowNanos, lateNanos));
    }

    boolean isDrained() {
        return peers.values().stream().allMatch(Peer::isDrained);
    }

    void closeAll() {
        opening.all().forEach(connection -> connection.close(DisconnectCause.LOCAL));
        peers.values().forEach(peer -> peer.closeAll(DisconnectCause.LOCAL));
        peers.clear();
    }

    @Override
    public void ready(Connection connection) {
        if (connection.seed() != null) {
            connection.write(hello());
        }
    }

    @Override
    public void greeted(Connection connection, Envelope first) {
        if (first.hasHelloRefused()) {
            refusedByPeer(connection, first.getHelloRefused());
            return;
        }
        switch (judge(connection, first)) {
            case Outcome.Accepted accepted -> {
                opening.remove(connection);
                connection.establish(accepted.peer());
                if (connection.seed() == null) {
                    connection.write(hello());
                }
                tally.add(Count.ESTABLISHED);
                established(connection);
            }
            case Outcome.Refused no -> {
                connection.refuse(no.reason(), no.text());
                refused(connection, no.reason(), false, no.text());
            }
        }
    }

    @Override
    public void received(Connection connection, Envelope message) {
        switch (MessageKind.of(message)) {
            case INTERNAL -> {
                if (message.hasSuperseded()) {
                    Peer peer = peers.get(connection.identity().member());
                    if (peer != null) {
                        peer.superseded(connection);
                    }
                } else if (message.hasHello()) {
                    badData(connection, "a second hello");
                    connection.close(DisconnectCause.BAD_DATA);
                }
            }
            case UNKNOWN -> tally.add(Count.UNKNOWN);
            case HEARTBEAT, HEARTBEAT_ACK, ORDERED, MEMBER_REPORT ->
                Loop.guarded(() -> listener.onMessage(connection.identity(), message))
                        .run();
        }
    }

    @Override
    public void refusedByPeer(Connection connection, HelloRefused refusal) {
        refused(connection, refusal.getReason(), true, printable(refusal.getText()));
        connection.close(DisconnectCause.REFUSED_HELLO);
    }

    @Override
    public void refused(Connection connection, Reason reason, boolean byPeer, String text) {
        tally.add(Count.REFUSED);
        boolean self = reason == Reason.REASON_SELF;
        if (connection.seed() != null && dialer != null) {
            dialer.postpone(connection.seed(), self);
        }
        if (!self) {
            complain(new Refusal(connection.remote(), kindOf(reason), byPeer, printable(text)));
        }
    }

    /** Tells the listener, unless it was told lately. */
    void complain(Refusal refusal) {
        if (complaints.isNews(refusal.address(), refusal.kind() + " " + refusal.byPeer(), System.nanoTime())) {
            Loop.guarded(() -> listener.onRefused(refusal)).run();
        }
    }

    @Override
    public void badData(Connection connection, String text) {
        tally.add(Count.BAD_DATA);
        if (complaints.isNews(connection.remote(), "bad data", System.nanoTime())) {
            Loop.guarded(() -> listener.onBadData(connection.remote(), printable(text)))
                    .run();
        }
    }

    @Override
    public void writable(Connection connection) {
        if (connection.wasEstablished()) {
            Peer peer = peers.get(connection.identity().member());
            if (peer != null) {
                peer.pump();
            }
        }
    }

    @Override
    public void closed(Connection connection, DisconnectCause cause) {
        opening.remove(connection);
        if (!connection.wasEstablished()) {
            if (connection.seed() != null && dialer != null) {
                dialer.failed(connection.seed());
            }
            return;
        }
        PeerIdentity identity = connection.identity();
        Peer peer = peers.get(identity.member());
        if (peer != null && peer.remove(connection)) {
            gone(peer, identity, cause);
            if (dialer != null) {
                dialer.lost(identity, connection.ageNanos());
            }
        }
    }

    private void established(Connection connection) {
        PeerIdentity identity = connection.identity();
        if (connection.seed() != null && dialer != null) {
            dialer.established(connection.seed(), identity.member());
        }
        Peer peer = peers.get(identity.member());
        PeerIdentity older = peer == null ? null : peer.identity();
        if (peer != null && older != null && !older.sameRun(identity)) {
            gone(peer, older, DisconnectCause.REPLACED);
            peer = null;
        }
        if (peer == null) {
            boolean decidesHere = local.member().compareTo(identity.member()) < 0;
            peer = new Peer(identity.member(), decidesHere, settings.outboxLimit());
            peer.add(connection);
            peers.put(identity.member(), peer);
            Loop.guarded(() -> listener.onConnected(identity)).run();
        } else if (peer.add(connection)) {
            tally.add(Count.SUPERSEDED);
        }
        peer.pump();
    }

    private void gone(Peer peer, PeerIdentity identity, DisconnectCause cause) {
        peers.remove(peer.member());
        peer.closeAll(cause);
        Loop.guarded(() -> listener.onDisconnected(identity, cause)).run();
    }

    private Outcome judge(Connection connection, Envelope first) {
        if (!first.hasHello()) {
            return new Outcome.Refused(Reason.REASON_MALFORMED, "the first message is not a hello");
        }
        CertificateNames certificate = null;
        SslHandler tls = connection.channel().pipeline().get(SslHandler.class);
        if (tls != null) {
            try {
                certificate = CertificateNames.of(
                        (X509Certificate) tls.engine().getSession().getPeerCertificates()[0]);
            } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
                return new Outcome.Refused(Reason.REASON_CERTIFICATE, "the certificate cannot be read");
            }
        }
        Outcome outcome = hellos.check(first.getHello(), certificate);
        boolean full = peers.size() >= settings.maxPeers();
        if (outcome instanceof Outcome.Accepted accepted
                && full
                && !peers.containsKey(accepted.peer().member())) {
            return new Outcome.Refused(Reason.REASON_TOO_MANY, "there are " + peers.size() + " peers already");
        }
        return outcome instanceof Outcome.Accepted accepted ? unlessTaken(accepted) : outcome;
    }

    /** A member that lost its voter id comes back once its old connection has ended; beside a living one there is none. */
    private Outcome unlessTaken(Outcome.Accepted accepted) {
        PeerIdentity comer = accepted.peer();
        Peer peer = peers.get(comer.member());
        PeerIdentity there = peer == null ? null : peer.identity();
        if (there == null || there.voterId().equals(comer.voterId())) {
            return accepted;
        }
        return new Outcome.Refused(
                Reason.REASON_NAME_TAKEN,
                "another agent, with another voter id, already is member " + comer.member() + ", at "
                        + there.gossipAddress());
    }

    private Envelope hello() {
        return Envelope.newBuilder().setHello(hellos.ours()).build();
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        text.chars().limit(TEXT_LIMIT).forEach(c -> clean.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
        return clean.toString();
    }

    private static Refusal.Kind kindOf(Reason reason) {
        return switch (reason) {
            case REASON_OTHER_CLUSTER -> Refusal.Kind.OTHER_CLUSTER;
            case REASON_UNSUPPORTED_VERSION -> Refusal.Kind.UNSUPPORTED_VERSION;
            case REASON_NAME_TAKEN -> Refusal.Kind.NAME_TAKEN;
            case REASON_SELF -> Refusal.Kind.SELF;
            case REASON_CERTIFICATE -> Refusal.Kind.CERTIFICATE;
            case REASON_TOO_MANY -> Refusal.Kind.TOO_MANY;
            case REASON_UNSPECIFIED, REASON_MALFORMED, UNRECOGNIZED -> Refusal.Kind.MALFORMED;
        };
    }
}
