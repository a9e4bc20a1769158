package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.pgmahout.fuzz.Target;
import io.pgmahout.protocol.v1.Envelope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The frames of the gossip port. */
public final class FramesTarget implements Target {

    private static final int LIMIT = 64 * 1024;

    private record Read(List<Envelope> messages, boolean refused) {}

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public String promise() {
        return "Bytes are messages of allowed length or end the stream, the same however they are cut into packets, and what was"
                + " read is written and read back alike.";
    }

    @Override
    public List<byte[]> seeds() {
        Stream<byte[]> lengths = IntStream.of(0, 1, 2, LIMIT - 1, LIMIT, LIMIT + 1)
                .mapToObj(length ->
                        ByteBuffer.allocate(4 + LIMIT + 2).putInt(length).array());
        return Stream.concat(Messages.all().stream().map(FramesTarget::frame), lengths)
                .toList();
    }

    @Override
    public int rehearsals() {
        return 4_000;
    }

    @Override
    public void read(byte[] input) {
        Read whole = read(input, input.length + 1, new Random(1));
        int allowed = allowed(input);
        assertThat(whole.messages()).hasSizeLessThanOrEqualTo(allowed < 0 ? -allowed - 1 : allowed);
        assertThat(whole.refused() || allowed >= 0)
                .as("refused at a length that is not allowed")
                .isTrue();
        assertThat(read(input, 7, new Random(Arrays.hashCode(input)))).isEqualTo(whole);
        for (Envelope message : whole.messages()) {
            // Nothing is left of a message of a newer version: nobody writes that.
            if (message.getSerializedSize() == 0) {
                continue;
            }
            byte[] again = frame(message);
            assertThat(read(again, again.length, new Random(1)).messages()).containsExactly(message);
        }
    }

    /** How many frames there are up to the end, or, negative and one more, to a length that is not allowed. */
    private static int allowed(byte[] input) {
        ByteBuffer bytes = ByteBuffer.wrap(input);
        for (int frames = 0; ; frames++) {
            if (bytes.remaining() < 4) {
                return frames;
            }
            int length = bytes.getInt();
            if (length < 1 || length > LIMIT) {
                return -frames - 1;
            }
            if (bytes.remaining() < length) {
                return frames;
            }
            bytes.position(bytes.position() + length);
        }
    }

    static byte[] frame(Envelope message) {
        ByteBuf frame = Frames.encode(UnpooledByteBufAllocator.DEFAULT, message);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        return bytes;
    }

    /** In packets of 1 to {@code packet} bytes. */
    private static Read read(byte[] input, int packet, Random random) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT));
        boolean refused = false;
        int packets = Math.min(input.length, 400);
        for (int from = 0, cut = 0; from < input.length; cut++) {
            // The last packet takes what is left, so that long inputs are not all packets.
            int size = cut == packets || packet > input.length ? input.length - from : 1 + random.nextInt(packet);
            int end = Math.min(input.length, from + size);
            refused |= !write(channel, Arrays.copyOfRange(input, from, end));
            from = end;
        }
        channel.finish();
        List<Envelope> messages = new ArrayList<>();
        for (Envelope next = channel.readInbound(); next != null; next = channel.readInbound()) {
            messages.add(next);
        }
        return new Read(messages, refused);
    }

    private static boolean write(EmbeddedChannel channel, byte[] bytes) {
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
            return true;
        } catch (DecoderException e) {
            assertThat(e).hasCauseInstanceOf(BadFrameException.class);
            return false;
        }
    }
}
