package io.pgmahout.agent.admin;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Looks at a request's head before any of its body is taken; whoever is refused here loses the connection. */
final class HeadCheck extends ChannelInboundHandlerAdapter {

    private final AdminOptions.Limits limits;
    private boolean refused;

    HeadCheck(AdminOptions.Limits limits) {
        this.limits = limits;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Problem problem = refused || !(message instanceof HttpObject part) ? null : problem(part);
        if (problem != null) {
            refused = true;
            boolean head = message instanceof HttpRequest request && HttpMethod.HEAD.equals(request.method());
            ctx.channel()
                    .writeAndFlush(Wire.response(Reply.of(problem), head, false))
                    .addListener(ChannelFutureListener.CLOSE);
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private @Nullable Problem problem(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            Throwable cause = part.decoderResult().cause();
            return cause instanceof TooLongHttpLineException
                    ? Problem.addressTooLong()
                    : cause instanceof TooLongHttpHeaderException
                            ? Problem.headersTooLarge(limits.headerBytes())
                            : Problem.malformed("This is not HTTP as it should be.");
        }
        if (!(part instanceof HttpRequest request)) {
            return null;
        }
        if (!request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            return Problem.malformed("One Host header is needed.");
        }
        if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return Problem.lengthRequired();
        }
        long length;
        try {
            length = HttpUtil.getContentLength(request, 0L);
        } catch (NumberFormatException e) {
            return Problem.malformed("The Content-Length is not a number.");
        }
        return length > limits.bodyBytes() ? Problem.tooLarge(limits.bodyBytes()) : null;
    }
}
