package io.pgmahout.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.admin.ServerUnderTest;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
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
import io.pgmahout.protocol.v1.Heartbeat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A member that says too much, or what cannot be meant. */
class FloodTest {

    private final AtomicLong heard = new AtomicLong();
    private final List<Notice> notices = new CopyOnWriteArrayList<>();

    private static final class Deaf implements GossipListener {
        @Override
        public void onMessage(PeerIdentity peer, Envelope message) {}

        @Override
        public void onConnected(PeerIdentity peer) {}

        @Override
        public void onDisconnected(PeerIdentity peer, DisconnectCause cause) {}

        @Override
        public void onRefused(Refusal refusal) {}

        @Override
        public void onBadData(String address, String text) {}

        @Override
        public void onCrowded(String address, long closed) {}
    }

    @Test
    void isHeardAtItsPaceAndToldOfOnce() throws Exception {
        try (GossipTransport m2 = GossipTransport.start(
                ServerUnderTest.anyPort(),
                List::of,
                identity("m2"),
                new TransportSecurity.PlainOnLoopback(),
                TransportSettings.defaults(),
                new Deaf())) {
            List<PeerAddress> peers = List.of(new PeerAddress("127.0.0.1", m2.port()));
            try (Gossip m1 = Gossip.start(
                    ServerUnderTest.anyPort(),
                    () -> peers,
                    identity("m1"),
                    new TransportSecurity.PlainOnLoopback(),
                    this::count,
                    notices::add,
                    new NoWal(),
                    taken -> {})) {
                assertThat(m1).isNotNull();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> !m2.connected().isEmpty());
                Envelope request = Wire.encode(new Message.PromiseRequest(new Term(3)));
                Envelope endless = Envelope.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder().setTerm(3).setLeaseMs(Long.MAX_VALUE))
                        .build();
                long began = System.nanoTime();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            m2.send("m1", endless);
                            for (int i = 0; i < 60; i++) {
                                m2.send("m1", request);
                            }
                            return heard.get() > Intake.BURST + 200;
                        });
                double seconds = (System.nanoTime() - began) / 1e9;
                assertThat((double) heard.get()).isLessThan(Intake.BURST + Intake.PER_SECOND * (seconds + 1));
                assertThat(notices).extracting(Notice::code).containsExactly(EventCode.HOSTILE_BYTES);
            }
        }
    }

    private void count(Event event) {
        if (event instanceof Event.Received received) {
            assertThat(received.message()).isInstanceOf(Message.PromiseRequest.class);
            heard.incrementAndGet();
        }
    }

    private static final class NoWal implements Gossip.WalTraffic {
        @Override
        public void requested(MemberName by, WalRange range) {}

        @Override
        public void came(MemberName from, WalPiece piece) {}
    }

    private static LocalIdentity identity(String member) {
        return new LocalIdentity("demo", member, "v-" + member, "g-" + member, "", "", "", "0.1.0");
    }
}
