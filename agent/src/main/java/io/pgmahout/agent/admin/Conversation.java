package io.pgmahout.agent.admin;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Answers the requests of one connection one after the other, in their order, also when they came all at once. */
final class Conversation extends SimpleChannelInboundHandler<FullHttpRequest> {

    /** Whoever sends more before the first answer is no client of ours. */
    private static final int MAX_WAITING = 16;

    private final Routes routes;
    private final Deadlines deadlines;
    private final Queue<Turn> waiting = new ArrayDeque<>();
    private boolean answering;

    /** A request that waits for its turn; or, when it could not be read, the answer to it. */
    private record Turn(Supplier<CompletionStage<Reply>> answer, boolean head, boolean keepAlive) {}

    Conversation(Routes routes, Deadlines deadlines) {
        this.routes = routes;
        this.deadlines = deadlines;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest http) {
        deadlines.answering();
        if (waiting.size() >= MAX_WAITING) {
            Wire.drop(ctx.channel(), "too many requests at once");
            return;
        }
        waiting.add(new Turn(answer(ctx, http), HttpMethod.HEAD.equals(http.method()), HttpUtil.isKeepAlive(http)));
        next(ctx);
    }

    private Supplier<CompletionStage<Reply>> answer(ChannelHandlerContext ctx, FullHttpRequest http) {
        try {
            Request request = Request.of(http, (InetSocketAddress) ctx.channel().remoteAddress());
            return () -> routes.answer(request);
        } catch (RefusedException refused) {
            return () -> CompletableFuture.completedFuture(Reply.of(refused.problem()));
        }
    }

    private void next(ChannelHandlerContext ctx) {
        Turn turn = answering ? null : waiting.poll();
        if (turn != null) {
            answering = true;
            turn.answer().get().whenCompleteAsync((reply, never) -> answered(ctx, turn, reply), ctx.executor());
        }
    }

    private void answered(ChannelHandlerContext ctx, Turn turn, Reply reply) {
        answering = false;
        ChannelFuture written = ctx.writeAndFlush(Wire.response(reply, turn.head(), turn.keepAlive()));
        if (!turn.keepAlive()) {
            written.addListener(ChannelFutureListener.CLOSE);
        } else if (waiting.isEmpty()) {
            deadlines.idle(ctx);
        } else {
            next(ctx);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Wire.drop(ctx.channel(), cause.toString());
    }
}
