package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.pgmahout.protocol.v1.Envelope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameCodecTest {
    private static final int LIMIT = 64 * 1024;

    static List<Envelope> all() {
        return Messages.all();
    }

    @Test
    void everyKindOfBodyIsTried() {
        assertThat(Messages.all().stream().map(Envelope::getBodyCase))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Envelope.BodyCase.values())
                        .filter(body -> body != Envelope.BodyCase.BODY_NOT_SET)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void roundTrip(Envelope message) {
        assertThat(decode(frame(message)).messages()).containsExactly(message);
    }

    @ParameterizedTest
    @MethodSource("all")
    void noPrefixYieldsAnything(Envelope message) {
        byte[] frame = frame(message);
        for (int length = 0; length < frame.length; length++) {
            Decoded decoded = decode(Arrays.copyOf(frame, length));
            assertThat(decoded.messages()).as("prefix of %d bytes", length).isEmpty();
            assertThat(decoded.failed()).as("prefix of %d bytes", length).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void bytesMayComeOneByOne(Envelope message) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT));
        byte[] frame = frame(message);
        for (byte b : frame) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }
        assertThat(channel.<Envelope>readInbound()).isEqualTo(message);
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyFlippedBitIsDecodedOrRefusedOrWaitsForMore(Envelope message) {
        byte[] frame = frame(message);
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Decoded decoded = decode(flipped);
            int length = Unpooled.wrappedBuffer(flipped).getInt(0);
            boolean whole = length > 0 && length <= flipped.length - Frames.LENGTH_BYTES;
            assertThat(decoded.messages().size())
                    .as("bit %d", bit)
                    .isLessThanOrEqualTo(whole ? 1 + (flipped.length - 4 - length) / 5 : 0);
            if (length <= 0 || length > LIMIT) {
                assertThat(decoded.failed()).as("bit %d", bit).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, LIMIT + 1})
    void impossibleLengthsAreRefusedAtOnceAndNothingFollows(int length) {
        ByteBuf bytes = Unpooled.buffer().writeInt(length).writeBytes(frame(Messages.heartbeat(1)));
        byte[] all = new byte[bytes.readableBytes()];
        bytes.readBytes(all);
        Decoded decoded = decode(all);
        assertThat(decoded.failed()).isTrue();
        assertThat(decoded.messages()).isEmpty();
    }

    @Test
    void anAnnouncedLengthTakesNoMemory() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT));
        ByteBuf header = Unpooled.buffer(4, 4).writeInt(LIMIT);
        channel.writeInbound(header);
        assertThat(header.capacity()).isEqualTo(4);
        assertThat(channel.<Envelope>readInbound()).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void theLimitBeforeHelloIsSmallAndIsRaised() {
        FrameDecoder decoder = new FrameDecoder(16);
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        decoder.limit(LIMIT);
        Envelope message = Messages.report("long enough");
        channel.writeInbound(Unpooled.wrappedBuffer(frame(message)));
        assertThat(channel.<Envelope>readInbound()).isEqualTo(message);
        channel.finishAndReleaseAll();
        EmbeddedChannel strict = new EmbeddedChannel(new FrameDecoder(16));
        assertThatThrownBy(() -> strict.writeInbound(Unpooled.wrappedBuffer(frame(message))))
                .hasCauseInstanceOf(BadFrameException.class);
    }

    @Test
    void afterABadFrameNothingIsAccepted() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT));
        assertThatThrownBy(() -> channel.writeInbound(
                        Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 1, (byte) 0xff}, frame(Messages.heartbeat(1)))))
                .isInstanceOf(DecoderException.class);
        channel.writeInbound(Unpooled.wrappedBuffer(frame(Messages.heartbeat(2))));
        channel.finish();
        assertThat(channel.<Envelope>readInbound()).isNull();
    }

    @Test
    void randomGarbageDoesNoHarm() {
        Random random = new Random(20261122);
        for (int round = 0; round < 20_000; round++) {
            byte[] garbage = new byte[1 + random.nextInt(200)];
            random.nextBytes(garbage);
            if (round % 2 == 0 && garbage.length > Frames.LENGTH_BYTES) {
                Unpooled.wrappedBuffer(garbage).setInt(0, garbage.length - Frames.LENGTH_BYTES);
            }
            Decoded decoded = decode(garbage);
            assertThat(decoded.messages()).hasSizeLessThanOrEqualTo(garbage.length / 5);
        }
    }

    @Test
    void unknownFieldsAndTypesAreIgnored() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("newer"))
                                .addVarint(4)
                                .build())
                .build();
        Envelope newerType = Envelope.newBuilder().setUnknownFields(unknown).build();
        Envelope decodedType = decode(frame(newerType)).messages().getFirst();
        assertThat(MessageKind.of(decodedType)).isEqualTo(MessageKind.UNKNOWN);

        Envelope plain = Messages.heartbeat(3);
        Envelope newerField = plain.toBuilder()
                .setHeartbeat(plain.getHeartbeat().toBuilder().setUnknownFields(unknown))
                .build();
        assertThat(decode(frame(newerField)).messages()).containsExactly(plain);
    }

    private record Decoded(List<Envelope> messages, boolean failed) {}

    private static byte[] frame(Envelope message) {
        ByteBuf frame = Frames.encode(UnpooledByteBufAllocator.DEFAULT, message);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        return bytes;
    }

    /** What comes of a stream that ends after these bytes. */
    private static Decoded decode(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT));
        boolean failed = false;
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
            channel.finish();
        } catch (DecoderException e) {
            assertThat(e).hasCauseInstanceOf(BadFrameException.class);
            failed = true;
        }
        List<Envelope> messages = new ArrayList<>();
        for (Envelope next = channel.readInbound(); next != null; next = channel.readInbound()) {
            messages.add(next);
        }
        return new Decoded(messages, failed);
    }
}
