package io.pgmahout.agent.gossip;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Peer;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import io.pgmahout.protocol.DisconnectCause;
import io.pgmahout.protocol.GossipListener;
import io.pgmahout.protocol.GossipTransport;
import io.pgmahout.protocol.LocalIdentity;
import io.pgmahout.protocol.PeerAddress;
import io.pgmahout.protocol.PeerIdentity;
import io.pgmahout.protocol.Refusal;
import io.pgmahout.protocol.TransportSecurity;
import io.pgmahout.protocol.TransportSettings;
import io.pgmahout.protocol.v1.Envelope;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The other members, as a source of events and a place to send messages to. */
public final class Gossip implements AutoCloseable {
    private final GossipTransport transport;

    /** Where pieces of write-ahead log go. Called on the transport's thread; returns at once. */
    public interface WalTraffic {
        void requested(MemberName by, WalRange range);

        void came(MemberName from, WalPiece piece);
    }

    private Gossip(GossipTransport transport) {
        this.transport = transport;
    }

    /**
     * Listens and begins to dial; events come on the transport's thread, at once.
     *
     * @param wal told what others ask and send of write-ahead log
     * @param nameTaken told when a peer refuses this agent because another one has its name
     * @throws IOException when the address cannot be bound, or a TLS file cannot be read
     * @throws GeneralSecurityException when the TLS files do not fit together or name another member
     */
    public static Gossip start(
            InetSocketAddress listen,
            Supplier<List<PeerAddress>> peers,
            LocalIdentity identity,
            TransportSecurity security,
            Consumer<Event> events,
            Consumer<Notice> notices,
            WalTraffic wal,
            Consumer<String> nameTaken)
            throws IOException, GeneralSecurityException {
        return new Gossip(GossipTransport.start(
                listen,
                peers,
                identity,
                security,
                TransportSettings.defaults(),
                new Listener(events, notices, wal, nameTaken, new Intake())));
    }

    /** Sends, or drops the message where the member is not connected. Any thread; never blocks. */
    public void send(MemberName to, Message message) {
        transport.send(to.value(), Wire.encode(message));
    }

    /** As {@link #send}. */
    public void request(MemberName from, WalRange range) {
        transport.send(from.value(), Wire.encode(range));
    }

    /** As {@link #send}. */
    public void send(MemberName to, WalPiece piece) {
        transport.send(to.value(), Wire.encode(piece));
    }

    @Override
    public void close() {
        transport.close();
    }

    private record Listener(
            Consumer<Event> events, Consumer<Notice> notices, WalTraffic wal, Consumer<String> nameTaken, Intake intake)
            implements GossipListener {

        @Override
        public void onMessage(PeerIdentity peer, Envelope message) {
            long now = System.nanoTime();
            if (!message.hasWal() && !message.hasWalRequest() && !intake.admits(peer.member(), now)) {
                complain(peer, "more messages than anybody has to say; those above the limit are dropped", now);
                return;
            }
            try {
                switch (message.getBodyCase()) {
                    case WAL_REQUEST ->
                        wal.requested(new MemberName(peer.member()), Wire.decode(message.getWalRequest()));
                    case WAL -> wal.came(new MemberName(peer.member()), Wire.decode(message.getWal()));
                    default ->
                        Wire.decode(peer, message)
                                .ifPresent(said -> events.accept(new Event.Received(peer(peer), said)));
                }
            } catch (IllegalArgumentException senseless) {
                complain(peer, String.valueOf(senseless.getMessage()), now);
            }
        }

        private void complain(PeerIdentity peer, String detail, long nowNanos) {
            if (intake.isNews(peer.member(), nowNanos)) {
                notices.accept(new Notice(EventCode.HOSTILE_BYTES, Map.of("peer", peer.member(), "detail", detail)));
            }
        }

        @Override
        public void onBadData(String address, String text) {
            notices.accept(new Notice(EventCode.HOSTILE_BYTES, Map.of("address", address, "detail", text)));
        }

        @Override
        public void onCrowded(String address, long closed) {
            notices.accept(new Notice(
                    EventCode.PORT_CROWDED,
                    Map.of("address", address, "detail", "gossip port, " + closed + " closed since the start")));
        }

        @Override
        public void onConnected(PeerIdentity peer) {
            events.accept(new Event.Connected(peer(peer)));
        }

        /** A connection that its machine closed says that the machine lives; silence says nothing. */
        @Override
        public void onDisconnected(PeerIdentity peer, DisconnectCause cause) {
            boolean reset = switch (cause) {
                case CLOSED, RESET, REPLACED, REFUSED_HELLO -> true;
                case TIMEOUT, STALLED, BAD_DATA, LOCAL -> false;
            };
            events.accept(new Event.Disconnected(new MemberName(peer.member()), reset));
        }

        @Override
        public void onRefused(Refusal refusal) {
            notices.accept(new Notice(EventCode.PEER_REFUSED, Map.of("detail", refusal.toString())));
            if (refusal.kind() == Refusal.Kind.NAME_TAKEN && refusal.byPeer()) {
                nameTaken.accept(refusal.address() + " says: " + refusal.text());
            }
        }

        private static Peer peer(PeerIdentity peer) {
            return new Peer(
                    new MemberName(peer.member()), new VoterId(peer.voterId()), new Incarnation(peer.incarnation()));
        }
    }
}
