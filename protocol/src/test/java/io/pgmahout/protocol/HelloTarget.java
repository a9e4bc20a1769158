package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgmahout.fuzz.Target;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Hello;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a stranger sends on a connection of the gossip port, from its first byte. */
public final class HelloTarget implements Target {

    private static final LocalIdentity LOCAL = Messages.identity("demo", "m1");

    private static final List<Object> TEXTS = List.of(
            "",
            " ",
            "m1",
            "demo",
            "voter-m1",
            "-m2",
            "m\u00e9",
            "a\nb",
            "x".repeat(63),
            "x".repeat(64),
            "x".repeat(256));

    private static List<Object> numbers(Descriptors.FieldDescriptor field) {
        return field.getJavaType() == Descriptors.FieldDescriptor.JavaType.INT
                ? List.of(0, 1, 2, -1, Integer.MAX_VALUE)
                : List.of(0L, 1L, -1L);
    }

    /** What the transport told the agent. */
    private static final class Heard implements GossipListener {
        private final List<PeerIdentity> came = new ArrayList<>();
        private final List<PeerIdentity> spoke = new ArrayList<>();
        private int refused;

        @Override
        public void onMessage(PeerIdentity peer, Envelope message) {
            spoke.add(peer);
        }

        @Override
        public void onConnected(PeerIdentity peer) {
            came.add(peer);
        }

        @Override
        public void onDisconnected(PeerIdentity peer, DisconnectCause cause) {}

        @Override
        public void onRefused(Refusal refusal) {
            refused++;
        }

        @Override
        public void onBadData(String address, String text) {}

        @Override
        public void onCrowded(String address, long closed) {}
    }

    @Override
    public String name() {
        return "hello";
    }

    @Override
    public String promise() {
        return "Nobody is taken in but who says a whole hello as another member of this cluster, nothing is heard of anybody else,"
                + " and a connection that ends here was counted once.";
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        byte[] hello = FramesTarget.frame(Messages.envelope(Messages.hello("demo", "m2", 5)));
        seeds.add(hello);
        for (String cluster : List.of("dem", "demo2", "Demo", "another")) {
            seeds.add(FramesTarget.frame(Messages.envelope(Messages.hello(cluster, "m2", 5))));
        }
        Hello valid = Messages.hello("demo", "m2", 5);
        for (Descriptors.FieldDescriptor field : valid.getDescriptorForType().getFields()) {
            for (Object value :
                    field.getJavaType() == Descriptors.FieldDescriptor.JavaType.STRING ? TEXTS : numbers(field)) {
                seeds.add(FramesTarget.frame(Messages.envelope(
                        valid.toBuilder().setField(field, value).build())));
            }
        }
        for (Envelope message : Messages.all()) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            stream.writeBytes(hello);
            stream.writeBytes(FramesTarget.frame(message));
            seeds.add(stream.toByteArray());
        }
        return seeds;
    }

    @Override
    public List<String> words() {
        return List.of("demo", "m1", "m2", "voter-m1", "a1b2");
    }

    @Override
    public int rehearsals() {
        return 8_000;
    }

    @Override
    public void read(byte[] input) {
        Heard heard = new Heard();
        Tally tally = new Tally();
        List<Throwable> crashes = new ArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((thread, crash) -> crashes.add(crash));
        try {
            send(input, heard, tally);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
        assertThat(crashes).isEmpty();
        TransportCounters counted = tally.snapshot();
        assertThat(counted.established()).isEqualTo(heard.came.size()).isLessThanOrEqualTo(1);
        assertThat(counted.refused() + counted.badData()).isLessThanOrEqualTo(1);
        assertThat(heard.refused).isLessThanOrEqualTo((int) counted.refused());
        assertThat(heard.came).containsAll(heard.spoke);
        assertThat(heard.came.isEmpty()).as("taken in").isNotEqualTo(mayCome(input));
    }

    private static void send(byte[] input, Heard heard, Tally tally) {
        HelloCheck hellos = new HelloCheck(LOCAL, 1);
        Roster roster = new Roster(LOCAL, hellos, TransportSettings.defaults(), heard, tally);
        FrameDecoder decoder = new FrameDecoder(TransportSettings.defaults().helloLimit());
        EmbeddedChannel channel = new EmbeddedChannel();
        Connection connection = new Connection(roster, channel, decoder, TransportSettings.defaults(), null, false);
        channel.pipeline().addLast(decoder, connection);
        channel.pipeline().fireChannelActive();
        channel.writeInbound(Unpooled.wrappedBuffer(input));
        boolean ended = !channel.isOpen() || connection.stage() == Connection.Stage.REFUSING;
        TransportCounters counted = tally.snapshot();
        assertThat(ended).as("ended").isEqualTo(counted.refused() + counted.badData() > 0);
        channel.finishAndReleaseAll();
    }

    /** The rules of hello, from the contract. */
    private static boolean mayCome(byte[] input) {
        Hello hello = hello(input);
        return hello != null
                && hello.getProtocolMin() == 1
                && Integer.compareUnsigned(hello.getProtocolMax(), 1) >= 0
                && hello.getProtocolMax() > 0
                && hello.getCluster().equals("demo")
                && isWord(hello.getMember())
                && !hello.getMember().equals("m1")
                && isWord(hello.getVoterId())
                && !hello.getVoterId().equals("voter-m1")
                && isWord(hello.getIncarnation())
                && isLine(hello.getPostgresAddress())
                && isLine(hello.getAdminAddress())
                && isLine(hello.getGossipAddress())
                && isLine(hello.getAgentVersion());
    }

    private static @Nullable Hello hello(byte[] input) {
        if (input.length < 5) {
            return null;
        }
        int length = ByteBuffer.wrap(input).getInt();
        if (length <= 0 || length > 4_096 || length > input.length - 4) {
            return null;
        }
        try {
            Envelope first = Envelope.parser().parseFrom(input, 4, length);
            return first.hasHello() ? first.getHello() : null;
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static boolean isWord(String text) {
        return text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    }

    private static boolean isLine(String text) {
        return text.matches("[ -~]{0,255}");
    }
}
