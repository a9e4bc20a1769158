package io.pgmahout.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts a stream of bytes into messages. Holds at most one incomplete frame, and never more than was received:
 * a length that is merely announced costs nothing. After the first bad frame, and at the end of the stream, nothing
 * more comes out. The limit starts small and is raised once the peer is known.
 */
final class FrameDecoder extends ByteToMessageDecoder {
    private int limit;
    private boolean broken;

    FrameDecoder(int limit) {
        this.limit = limit;
    }

    /** From the next frame on, {@code bytes} is the largest accepted. Event loop only. */
    void limit(int bytes) {
        limit = bytes;
    }

    /** Ignores everything that still comes. Event loop only. */
    void stop() {
        broken = true;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws BadFrameException {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < Frames.LENGTH_BYTES) {
            return;
        }
        int size = in.getInt(in.readerIndex());
        if (size <= 0 || size > limit) {
            broken = true;
            throw new BadFrameException(
                    "a frame of " + Integer.toUnsignedString(size) + " bytes, allowed are 1 to " + limit);
        }
        if (in.readableBytes() - Frames.LENGTH_BYTES < size) {
            return;
        }
        in.skipBytes(Frames.LENGTH_BYTES);
        try {
            out.add(Frames.decode(in, size));
        } catch (BadFrameException e) {
            broken = true;
            throw e;
        }
    }
}
