package io.pgmahout.agent.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits the time of one connection: a request must be complete within its time however slowly its bytes drip in,
 * and a connection between two requests is closed after a while. Its answers have their own limits.
 */
final class Deadlines extends ChannelDuplexHandler {

    private final AdminOptions.Limits limits;
    private State state = State.READING;
    private @Nullable Future<?> alarm;

    private enum State {
        READING,
        ANSWERING,
        IDLE
    }

    Deadlines(AdminOptions.Limits limits) {
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        enter(ctx, State.READING);
        super.channelActive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (state == State.IDLE) {
            enter(ctx, State.READING);
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        disarm();
        super.channelInactive(ctx);
    }

    /** A request is complete. */
    void answering() {
        state = State.ANSWERING;
        disarm();
    }

    /** Whether a complete request waits for its answer. */
    boolean isAnswering() {
        return state == State.ANSWERING;
    }

    /** The last answer is written. */
    void idle(ChannelHandlerContext ctx) {
        enter(ctx, State.IDLE);
    }

    private void enter(ChannelHandlerContext ctx, State next) {
        disarm();
        state = next;
        int limit = next == State.IDLE ? limits.idleMs() : limits.requestMs();
        alarm = ctx.executor().schedule(() -> tooLate(ctx), limit, TimeUnit.MILLISECONDS);
    }

    private void tooLate(ChannelHandlerContext ctx) {
        if (state == State.IDLE) {
            Wire.drop(ctx.channel(), "idle");
        } else {
            ctx.channel()
                    .writeAndFlush(Wire.response(Reply.of(Problem.timeout()), false, false))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void disarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }
}
