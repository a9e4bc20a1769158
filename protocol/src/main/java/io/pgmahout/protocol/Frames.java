package io.pgmahout.protocol;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgmahout.protocol.v1.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The form of a message on the wire: four bytes of length, greatest first, and one {@link Envelope}. */
final class Frames {

    /** Bytes before each message. */
    static final int LENGTH_BYTES = 4;

    /** Unknown fields would only take memory: nothing here passes messages on. */
    private static final Parser<Envelope> PARSER = DiscardUnknownFieldsParser.wrap(Envelope.parser());

    private Frames() {}

    /** One frame in a heap buffer of its exact size, owned by the caller. */
    static ByteBuf encode(ByteBufAllocator allocator, Envelope message) {
        int size = message.getSerializedSize();
        ByteBuf frame = allocator.heapBuffer(LENGTH_BYTES + size, LENGTH_BYTES + size);
        frame.writeInt(size);
        CodedOutputStream out =
                CodedOutputStream.newInstance(frame.array(), frame.arrayOffset() + frame.writerIndex(), size);
        try {
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        frame.writerIndex(LENGTH_BYTES + size);
        return frame;
    }

    /** The message in the next {@code size} readable bytes, which are consumed. */
    static Envelope decode(ByteBuf bytes, int size) throws BadFrameException {
        try {
            if (bytes.hasArray()) {
                int offset = bytes.arrayOffset() + bytes.readerIndex();
                bytes.skipBytes(size);
                return PARSER.parseFrom(bytes.array(), offset, size);
            }
            byte[] copy = new byte[size];
            bytes.readBytes(copy);
            return PARSER.parseFrom(copy);
        } catch (InvalidProtocolBufferException e) {
            throw new BadFrameException("not a message: " + e.getMessage());
        }
    }
}
