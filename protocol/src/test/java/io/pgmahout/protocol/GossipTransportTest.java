package io.pgmahout.protocol;

import static io.pgmahout.protocol.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.protocol.v1.Envelope;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GossipTransportTest {

    @Test
    void threeMembersThatAllDialAllSettleOnOneConnectionForEachPair() throws Exception {
        try (Node one = Node.plain("m1");
                Node two = Node.plain("m2");
                Node three = Node.plain("m3")) {
            List<Node> nodes = List.of(one, two, three);
            nodes.forEach(node -> node.dials(one, two, three));
            eventually()
                    .untilAsserted(() -> assertThat(nodes)
                            .allMatch(node -> node.transport.connected().size() == 2));
            // Three pairs, two ends each; every superseded connection was two ends more.
            Awaiting.quietFor(
                    Duration.ofSeconds(3),
                    () -> sum(nodes, TransportCounters::established) - 2 * sum(nodes, TransportCounters::superseded)
                            == 6);
            assertThat(sum(nodes, TransportCounters::dialed))
                    .as("each address is dialed once at most")
                    .isLessThanOrEqualTo(9);
            assertThat(nodes)
                    .allSatisfy(node -> assertThat(node.story).hasSize(2).allMatch(line -> line.startsWith("+")));
        }
    }

    private static long sum(List<Node> nodes, ToLongFunction<TransportCounters> counter) {
        return nodes.stream()
                .mapToLong(node -> counter.applyAsLong(node.transport.counters()))
                .sum();
    }

    @Test
    void messagesArriveWithTheSendersIdentity() throws Exception {
        try (Node one = Node.plain("m1");
                Node two = Node.plain("m2")) {
            one.dials(two);
            eventually().until(() -> one.isConnectedTo("m2") && two.isConnectedTo("m1"));
            assertThat(one.transport.send("m2", Messages.heartbeat(1))).isTrue();
            assertThat(two.transport.send("m1", Messages.promiseRequest(3))).isTrue();
            assertThat(two.transport.send("m9", Messages.heartbeat(1))).isFalse();
            eventually().until(() -> !one.messages.isEmpty() && !two.messages.isEmpty());
            assertThat(two.messages).containsExactly(Messages.heartbeat(1));
            assertThat(one.messages).containsExactly(Messages.promiseRequest(3));
            assertThat(two.transport.connected().getFirst().voterId()).isEqualTo("voter-m1");
        }
    }

    @Test
    void aLargeReportPassesAndALargerOneIsAProgrammersError() throws Exception {
        try (Node one = Node.plain("m1");
                Node two = Node.plain("m2")) {
            one.dials(two);
            eventually().until(() -> one.isConnectedTo("m2"));
            one.transport.send("m2", Messages.report("x".repeat(60_000)));
            eventually().until(() -> !two.messages.isEmpty());
            assertThatThrownBy(() -> one.transport.send("m2", Messages.report("x".repeat(70_000))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> one.transport.send("m2", Envelope.getDefaultInstance()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aLostPeerIsDialedAtOnceAndFoundAgainWhenItIsBack() throws Exception {
        try (Node one = Node.plain("m1")) {
            Node two = Node.plain("m2");
            int port = two.transport.port();
            one.dials(two);
            eventually().until(() -> one.isConnectedTo("m2") && two.isConnectedTo("m1"));
            two.transport.send("m1", Messages.heartbeat(7));
            two.close();
            eventually().until(() -> one.story.contains("- m2 CLOSED"));
            assertThat(one.messages).as("what waited was sent before the close").containsExactly(Messages.heartbeat(7));
            try (Node again = new Node(
                    two.identity, new TransportSecurity.PlainOnLoopback(), TransportSettings.defaults(), port)) {
                long start = System.nanoTime();
                eventually().until(() -> one.isConnectedTo("m2") && again.isConnectedTo("m1"));
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void aNewRunOfTheSameMemberReplacesTheOld() throws Exception {
        try (Node one = Node.plain("m1");
                RawPeer old = RawPeer.member(one, "m2", 1)) {
            eventually().until(() -> one.isConnectedTo("m2"));
            try (RawPeer fresh = RawPeer.member(one, "m2", 2)) {
                assertThat(old.readToEnd()).isTrue();
                eventually()
                        .untilAsserted(() -> assertThat(one.story).containsExactly("+ m2", "- m2 REPLACED", "+ m2"));
                one.transport.send("m2", Messages.heartbeat(1));
                assertThat(fresh.readNews()).isEqualTo(Messages.heartbeat(1));
            }
        }
    }

    @Test
    void anotherClusterIsRefusedOnBothSides() throws Exception {
        LocalIdentity stranger = Messages.identity("other", "m2");
        try (Node one = Node.plain("m1");
                Node two =
                        new Node(stranger, new TransportSecurity.PlainOnLoopback(), TransportSettings.defaults(), 0)) {
            two.dials(one);
            eventually().until(() -> !one.refusals.isEmpty() && !two.refusals.isEmpty());
            assertThat(one.story).containsExactly("! OTHER_CLUSTER by us");
            assertThat(two.story).containsExactly("! OTHER_CLUSTER by peer");
            assertThat(two.refusals.getFirst().text()).contains("demo").contains("other");
        }
    }

    @Test
    void ownNameWithAnotherVoterIdIsRefusedAndOwnAddressIsLeftAlone() throws Exception {
        try (Node one = Node.plain("m1")) {
            one.dials(one);
            eventually().until(() -> one.transport.counters().refused() == 2);
            assertThat(one.story).isEmpty();
            try (RawPeer impostor = RawPeer.dial(one)) {
                impostor.send(Messages.envelope(Messages.hello("demo", "m1", 3).toBuilder()
                        .setVoterId("stolen")
                        .build()));
                assertThat(impostor.read().getHelloRefused().getReason().name()).isEqualTo("REASON_NAME_TAKEN");
                eventually().untilAsserted(() -> assertThat(one.story).containsExactly("! NAME_TAKEN by us"));
            }
            assertThat(one.transport.counters().dialed()).isEqualTo(1);
        }
    }

    @Test
    void plainTextStaysOnLoopback() throws Exception {
        LocalIdentity identity = Messages.identity("demo", "m1");
        assertThatThrownBy(() -> GossipTransport.start(
                        new InetSocketAddress("0.0.0.0", 0),
                        List::of,
                        identity,
                        new TransportSecurity.PlainOnLoopback(),
                        TransportSettings.defaults(),
                        new Unheard()))
                .isInstanceOf(IllegalArgumentException.class);
        try (Node one = Node.plain("m1")) {
            one.dials(new PeerAddress("192.0.2.1", 8010));
            eventually().untilAsserted(() -> assertThat(one.story).containsExactly("! PLAIN_TEXT by us"));
            assertThat(one.transport.counters().dialed()).isZero();
        }
    }

    @Test
    void namesAreResolvedOffTheLoop() throws Exception {
        try (Node one = Node.plain("m1");
                Node two = Node.plain("m2")) {
            one.dials(new PeerAddress("localhost", two.transport.port()), new PeerAddress("no-such.invalid", 1));
            eventually().until(() -> one.isConnectedTo("m2"));
        }
    }
}
