package io.pgmahout.protocol;

import static io.pgmahout.protocol.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.HelloRefused.Reason;
import io.pgmahout.protocol.v1.KeepAlive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HostilePeersTest {
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final byte[] HTTP = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Envelope KEEP_ALIVE =
            Envelope.newBuilder().setKeepAlive(KeepAlive.getDefaultInstance()).build();

    @Test
    void badBytesCloseTheirConnectionAreCountedAndToldOnce() throws Exception {
        try (Node one = Node.plain("m1");
                RawPeer good = RawPeer.member(one, "m2", 1)) {
            for (int round = 0; round < 3; round++) {
                try (RawPeer bad = RawPeer.dial(one)) {
                    bad.send(HTTP);
                    bad.readToEnd();
                }
            }
            eventually().until(() -> one.transport.counters().badData() == 3);
            assertThat(one.hostile).as("told once").hasSize(1);
            one.transport.send("m2", Messages.heartbeat(1));
            assertThat(good.readNews()).isEqualTo(Messages.heartbeat(1));
            assertThat(one.story).containsExactly("+ m2");
            good.send(HTTP);
            eventually().untilAsserted(() -> assertThat(one.story).containsExactly("+ m2", "- m2 BAD_DATA"));
        }
    }

    @Test
    void beforeHelloNothingLargeAndNothingElseIsRead() throws Exception {
        try (Node one = Node.plain("m1");
                RawPeer large = RawPeer.dial(one);
                RawPeer early = RawPeer.dial(one)) {
            large.send(Messages.report("x".repeat(5000)));
            large.readToEnd();
            eventually().until(() -> one.transport.counters().badData() == 1);
            early.send(Messages.heartbeat(1));
            early.send(Messages.heartbeat(2));
            assertThat(early.read().getHelloRefused().getReason()).isEqualTo(Reason.REASON_MALFORMED);
            assertThat(early.readToEnd()).isTrue();
            assertThat(one.messages).isEmpty();
        }
    }

    @Test
    void anUnsupportedVersionIsToldWhy() throws Exception {
        try (Node one = Node.plain("m1");
                RawPeer newer = RawPeer.dial(one)) {
            newer.send(Messages.envelope(Messages.hello("demo", "m2", 1).toBuilder()
                    .setProtocolMin(7)
                    .setProtocolMax(8)
                    .build()));
            assertThat(newer.read().getHelloRefused().getReason()).isEqualTo(Reason.REASON_UNSUPPORTED_VERSION);
            assertThat(newer.readToEnd()).isTrue();
            assertThat(one.story).containsExactly("! UNSUPPORTED_VERSION by us");
        }
    }

    @Test
    void messagesOfANewerVersionAreIgnored() throws Exception {
        Envelope newer = Envelope.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                77,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("?"))
                                        .build())
                        .build())
                .build();
        try (Node one = Node.plain("m1");
                RawPeer two = RawPeer.member(one, "m2", 1)) {
            two.send(newer);
            two.send(Messages.heartbeat(1));
            eventually().until(() -> !one.messages.isEmpty());
            assertThat(one.messages).containsExactly(Messages.heartbeat(1));
            assertThat(one.transport.counters().unknown()).isEqualTo(1);
        }
    }

    @Test
    void whoSaysNoHelloInTimeIsClosedHoweverBusilyHeDrips() throws Exception {
        try (Node one = Node.plain("m1", Settings.of(SHORT, LONG, LONG));
                RawPeer silent = RawPeer.dial(one);
                RawPeer dripping = RawPeer.dial(one)) {
            long start = System.nanoTime();
            byte[] hello = new byte[2000];
            hello[2] = 7;
            for (int i = 0; i < 4; i++) {
                dripping.send(new byte[] {hello[i]});
            }
            assertThat(dripsUntilClosed(dripping)).isTrue();
            silent.readToEnd();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, Duration.ofSeconds(5));
        }
    }

    @Test
    void aSilentPeerTimesOutAlsoOneThatDrips() throws Exception {
        try (Node one = Node.plain("m1", Settings.of(LONG, SHORT, LONG));
                RawPeer silent = RawPeer.member(one, "m2", 1);
                RawPeer dripping = RawPeer.member(one, "m3", 1)) {
            dripping.send(new byte[] {0, 0, 7, 0});
            assertThat(dripsUntilClosed(dripping)).isTrue();
            silent.readToEnd();
            eventually().untilAsserted(() -> assertThat(one.story).contains("- m2 TIMEOUT", "- m3 TIMEOUT"));
        }
    }

    @Test
    void peersWithNothingToSayKeepEachOther() throws Exception {
        TransportSettings settings = Settings.of(LONG, SHORT, LONG);
        try (Node one = Node.plain("m1", settings);
                Node two = Node.plain("m2", settings)) {
            one.dials(two);
            eventually().until(() -> one.isConnectedTo("m2"));
            Awaiting.quietFor(SHORT.multipliedBy(4), () -> one.story.size() == 1);
        }
    }

    @Test
    void aStallOfOurOwnIsNotThePeersSilence() throws Exception {
        Connections connections = new Connections(Settings.of(LONG, SHORT, LONG));
        Connection connection = connections.established();
        long now = System.nanoTime();
        connection.tick(
                now + SHORT.multipliedBy(3).toNanos(), SHORT.multipliedBy(3).toNanos());
        assertThat(connection.stage()).isEqualTo(Connection.Stage.ESTABLISHED);
        connection.tick(now + SHORT.multipliedBy(5).toNanos(), 0);
        assertThat(connection.stage()).isEqualTo(Connection.Stage.CLOSED);
    }

    @Test
    void aPeerThatDoesNotDrainIsClosedAndHeartbeatsDoNotQueue() throws Exception {
        try (Node one = Node.plain("m1", Settings.of(LONG, LONG, Duration.ofSeconds(1)));
                RawPeer stalled = RawPeer.dialNarrow(one)) {
            stalled.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
            eventually().until(() -> one.isConnectedTo("m2"));
            for (int i = 0; i < 1_000; i++) {
                one.transport.send("m2", Messages.report("x".repeat(60_000)));
                one.transport.send("m2", Messages.heartbeat(i));
                one.transport.send("m2", Messages.promiseRequest(i));
            }
            assertThat(one.transport.counters().replaced()).isGreaterThan(1_500);
            assertThat(one.transport.counters().dropped()).isGreaterThan(800);
            eventually().untilAsserted(() -> assertThat(one.story).containsExactly("+ m2", "- m2 STALLED"));
        }
    }

    @Test
    void aReaderThatWakesUpGetsTheNewestHeartbeatNext() throws Exception {
        try (Node one = Node.plain("m1", Settings.of(LONG, LONG, LONG));
                RawPeer slow = RawPeer.dialNarrow(one)) {
            slow.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
            eventually().until(() -> one.isConnectedTo("m2"));
            // Until nothing is taken any more: the message under way is the only one ahead of a heartbeat.
            eventually().until(() -> {
                one.transport.send("m2", Messages.report("x".repeat(60_000)));
                return one.transport.counters().replaced() > 50;
            });
            one.transport.send("m2", Messages.report("last"));
            for (int i = 1; i <= 100; i++) {
                one.transport.send("m2", Messages.heartbeat(i));
            }
            List<Envelope> read = new ArrayList<>();
            while (read.isEmpty() || !read.getLast().equals(Messages.report("last"))) {
                read.add(slow.readNews());
            }
            assertThat(read.stream().filter(Envelope::hasHeartbeat)).containsExactly(Messages.heartbeat(100));
            assertThat(read.get(read.size() - 2)).isEqualTo(Messages.heartbeat(100));
        }
    }

    @Test
    void resetAndCloseAreTwoThings() throws Exception {
        try (Node one = Node.plain("m1");
                RawPeer resetting = RawPeer.member(one, "m2", 1);
                RawPeer closing = RawPeer.member(one, "m3", 1)) {
            eventually().until(() -> one.transport.connected().size() == 2);
            resetting.reset();
            eventually().until(() -> one.story.contains("- m2 RESET"));
            closing.socket.close();
            eventually().until(() -> one.story.contains("- m3 CLOSED"));
        }
    }

    @Test
    void manyIdleStrangersKeepNobodyOut() throws Exception {
        List<RawPeer> strangers = new ArrayList<>();
        try (Node one = Node.plain("m1", Settings.of(LONG, LONG, LONG))) {
            for (int i = 0; i < 20; i++) {
                strangers.add(RawPeer.dial(one));
            }
            eventually().until(() -> one.transport.counters().evicted() == 12);
            strangers.getFirst().readToEnd();
            try (RawPeer two = RawPeer.member(one, "m2", 1)) {
                two.send(KEEP_ALIVE);
                eventually().until(() -> one.isConnectedTo("m2"));
            }
        } finally {
            for (RawPeer stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    void tenThousandConnectionsTakeNoMoreThanALimitAndAreToldOfOnce() throws Exception {
        try (Node one = Node.plain("m1", Settings.of(LONG, LONG, LONG));
                RawPeer two = RawPeer.member(one, "m2", 1)) {
            Deque<RawPeer> open = new ArrayDeque<>();
            try {
                for (int i = 0; i < 10_000; i++) {
                    RawPeer stranger = RawPeer.dial(one);
                    open.add(stranger);
                    if (i % 3 == 0) {
                        stranger.send(new byte[] {0, 0, 8, 0, 1});
                    }
                    // Those that one has given up: this process may have only so many files open.
                    if (open.size() > 200) {
                        open.remove().close();
                    }
                }
                eventually().until(() -> one.transport.counters().accepted() == 10_001);
                assertThat(one.transport.counters().evicted()).isGreaterThan(1_000);
                assertThat(one.crowds).containsExactly("127.0.0.1");
                one.transport.send("m2", Messages.heartbeat(1));
                assertThat(two.readNews()).isEqualTo(Messages.heartbeat(1));
                assertThat(one.story).containsExactly("+ m2");
                try (RawPeer three = RawPeer.member(one, "m3", 1)) {
                    three.send(KEEP_ALIVE);
                    eventually().until(() -> one.isConnectedTo("m3"));
                }
            } finally {
                for (RawPeer stranger : open) {
                    stranger.close();
                }
            }
        }
    }

    @Test
    void whoOpensManyConnectionsKeepsNoOtherHostOut() throws Exception {
        List<RawPeer> many = new ArrayList<>();
        try (Node one = Node.plain("m1", Settings.of(LONG, LONG, LONG));
                RawPeer few = RawPeer.dialFrom("127.0.0.2", one)) {
            eventually().until(() -> one.transport.counters().accepted() == 1);
            for (int i = 0; i < 50; i++) {
                many.add(RawPeer.dial(one));
            }
            eventually().until(() -> one.transport.counters().accepted() == 51);
            few.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
            assertThat(few.read().hasHello()).isTrue();
        } finally {
            for (RawPeer stranger : many) {
                stranger.close();
            }
        }
    }

    /** Sends a byte at a time until the other side has closed. */
    private static boolean dripsUntilClosed(RawPeer peer) {
        try {
            eventually().pollInterval(Duration.ofMillis(20)).until(() -> {
                peer.send(new byte[] {1});
                return false;
            });
            return false;
        } catch (Exception e) {
            return e instanceof IOException || e.getCause() instanceof IOException;
        }
    }
}
