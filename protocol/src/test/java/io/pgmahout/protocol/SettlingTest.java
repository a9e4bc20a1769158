package io.pgmahout.protocol;

import static io.pgmahout.protocol.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Superseded;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both sides dial at the same moment; the raw peer holds back its answers to make every crossing happen. */
@Timeout(60)
final class SettlingTest {
    private static final Envelope SUPERSEDED =
            Envelope.newBuilder().setSuperseded(Superseded.getDefaultInstance()).build();

    @Test
    void theFirstNameKeepsWhatItFinishedLastAndSaysSo() throws Exception {
        try (Node one = Node.plain("m1");
                ServerSocket server = RawPeer.listen()) {
            one.dials(new PeerAddress("127.0.0.1", server.getLocalPort()));
            try (RawPeer dialedByOne = new RawPeer(server.accept());
                    RawPeer dialedByTwo = RawPeer.member(one, "m2", 1)) {
                assertThat(dialedByOne.read().hasHello()).isTrue();
                eventually().until(() -> one.isConnectedTo("m2"));
                dialedByOne.send(Messages.envelope(Messages.hello("demo", "m2", 1)));
                assertThat(dialedByTwo.readNews()).isEqualTo(SUPERSEDED);
                one.transport.send("m2", Messages.heartbeat(1));
                assertThat(dialedByOne.readNews()).isEqualTo(Messages.heartbeat(1));
                // What was under way on the other one still arrives, until it is closed.
                dialedByTwo.send(Messages.heartbeat(2));
                eventually().until(() -> one.messages.contains(Messages.heartbeat(2)));
                assertThat(dialedByTwo.readToEnd()).isTrue();
                assertThat(one.isConnectedTo("m2")).isTrue();
                assertThat(one.story).containsExactly("+ m2");
                assertThat(one.transport.counters().superseded()).isEqualTo(1);
            }
        }
    }

    @Test
    void theOtherClosesNothingUntilItIsTold() throws Exception {
        try (Node two = Node.plain("m2");
                ServerSocket server = RawPeer.listen()) {
            two.dials(new PeerAddress("127.0.0.1", server.getLocalPort()));
            try (RawPeer dialedByTwo = new RawPeer(server.accept());
                    RawPeer dialedByOne = RawPeer.member(two, "m1", 1)) {
                assertThat(dialedByTwo.read().hasHello()).isTrue();
                dialedByTwo.send(Messages.envelope(Messages.hello("demo", "m1", 1)));
                eventually().until(() -> two.transport.counters().established() == 2);
                Awaiting.quietFor(
                        Duration.ofMillis(1500), () -> !dialedByTwo.socket.isClosed() && two.story.size() == 1);
                // The newest, until told: then the other one, and the superseded one is closed by it.
                dialedByTwo.send(SUPERSEDED);
                assertThat(dialedByTwo.readToEnd()).isTrue();
                two.transport.send("m1", Messages.heartbeat(1));
                assertThat(dialedByOne.readNews()).isEqualTo(Messages.heartbeat(1));
                assertThat(two.story).containsExactly("+ m1");
            }
        }
    }

    @Test
    void aSupersededConnectionIsKeptUntilTheOtherIsThere() throws Exception {
        try (Node two = Node.plain("m2");
                RawPeer first = RawPeer.member(two, "m1", 1)) {
            first.send(SUPERSEDED);
            first.send(Messages.heartbeat(1));
            eventually().until(() -> two.messages.contains(Messages.heartbeat(1)));
            assertThat(two.isConnectedTo("m1")).isTrue();
            try (RawPeer second = RawPeer.member(two, "m1", 1)) {
                assertThat(first.readToEnd()).isTrue();
                two.transport.send("m1", Messages.heartbeat(2));
                assertThat(second.readNews()).isEqualTo(Messages.heartbeat(2));
                assertThat(two.story).containsExactly("+ m1");
            }
        }
    }

    @Test
    void aConnectionThatOnlyThisSideBelievesInKeepsNoNewOneOut() throws Exception {
        try (Node one = Node.plain("m1");
                RawPeer dead = RawPeer.member(one, "m2", 1)) {
            eventually().until(() -> one.isConnectedTo("m2"));
            try (RawPeer alive = RawPeer.member(one, "m2", 1)) {
                assertThat(dead.readNews()).isEqualTo(SUPERSEDED);
                one.transport.send("m2", Messages.heartbeat(1));
                assertThat(alive.readNews()).isEqualTo(Messages.heartbeat(1));
                alive.socket.close();
                eventually().untilAsserted(() -> assertThat(one.story).containsExactly("+ m2", "- m2 CLOSED"));
            }
        }
    }
}
