package io.pgmahout.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.HelloRefused;
import io.pgmahout.protocol.v1.HelloRefused.Reason;
import io.pgmahout.protocol.v1.KeepAlive;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection from its first byte to its end: where it stands, its deadlines, and at most one message being
 * written. Lives on the event loop. What the stages mean to others is its owner's business.
 *
 * <p>OPENING → ESTABLISHED → (RETIRED) → CLOSED; OPENING or ESTABLISHED → REFUSING → CLOSED.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    /** Where a connection stands. */
    enum Stage {
        /** TCP, TLS, hello. */
        OPENING,
        /** Both hellos were accepted, as far as this side knows. */
        ESTABLISHED,
        /** Given up for a newer one; what still comes is read until it is closed. */
        RETIRED,
        /** A refusal was sent; the peer gets time to read it, nothing of it is read. */
        REFUSING,
        CLOSED
    }

    private static final KeepAlive KEEP_ALIVE = KeepAlive.getDefaultInstance();

    private final ConnectionOwner owner;
    private final Channel channel;
    private final FrameDecoder decoder;
    private final TransportSettings settings;
    private final @Nullable Seed seed;
    private final boolean tls;
    private final long openedNanos = System.nanoTime();
    private long deadlineNanos;
    private long receivedNanos = openedNanos;
    private long sentNanos = openedNanos;
    private long writeNanos;
    private int writing;
    private Stage stage = Stage.OPENING;
    private @Nullable DisconnectCause cause;
    private @Nullable PeerIdentity identity;

    /** {@code seed} is the address that was dialed, null for a connection that was accepted. */
    Connection(
            ConnectionOwner owner,
            Channel channel,
            FrameDecoder decoder,
            TransportSettings settings,
            @Nullable Seed seed,
            boolean tls) {
        this.owner = owner;
        this.channel = channel;
        this.decoder = decoder;
        this.settings = settings;
        this.seed = seed;
        this.tls = tls;
        this.deadlineNanos = openedNanos + settings.handshakeTimeout().toNanos();
    }

    Channel channel() {
        return channel;
    }

    @Nullable
    Seed seed() {
        return seed;
    }

    Stage stage() {
        return stage;
    }

    /** The peer. Only after {@link #establish}. */
    PeerIdentity identity() {
        if (identity == null) {
            throw new IllegalStateException("no hello yet");
        }
        return identity;
    }

    /** True once the peer was known, also after the end. */
    boolean wasEstablished() {
        return identity != null;
    }

    /** True when nothing is being written. */
    boolean isQuiet() {
        return writing == 0;
    }

    /** host:port of the other side. */
    String remote() {
        SocketAddress address = channel.remoteAddress();
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress() + ":" + inet.getPort();
        }
        return seed == null ? "unknown" : seed.address().toString();
    }

    /** How long it has existed. */
    long ageNanos() {
        return System.nanoTime() - openedNanos;
    }

    /** The peer is known: larger frames may come. */
    void establish(PeerIdentity peer) {
        identity = peer;
        stage = Stage.ESTABLISHED;
        decoder.limit(settings.frameLimit());
    }

    /** No more is sent, what comes is still read, until the peer or the grace ends it. */
    void retire() {
        stage = Stage.RETIRED;
        deadlineNanos = System.nanoTime() + settings.supersededGrace().toNanos();
    }

    /** Sends a refusal and closes when the peer has had time to read it. */
    void refuse(Reason reason, String text) {
        stage = Stage.REFUSING;
        deadlineNanos = System.nanoTime() + settings.supersededGrace().toNanos();
        // Closing with unread bytes would reset the connection and take the refusal with it.
        decoder.stop();
        write(Envelope.newBuilder()
                .setHelloRefused(HelloRefused.newBuilder().setReason(reason).setText(text))
                .build());
    }

    /** True while no message is under way and the channel takes one. */
    boolean canWrite() {
        return writing == 0 && channel.isActive() && channel.isWritable() && stage != Stage.CLOSED;
    }

    /** Writes one message at once. */
    void write(Envelope message) {
        if (writing++ == 0) {
            writeNanos = System.nanoTime();
        }
        ChannelFuture written = channel.writeAndFlush(Frames.encode(channel.alloc(), message));
        written.addListener(done -> {
            writing--;
            writeNanos = System.nanoTime();
            if (done.isSuccess()) {
                sentNanos = writeNanos;
                owner.writable(this);
            } else if (done.cause() instanceof IOException failure) {
                close(Causes.of(failure));
            }
        });
    }

    /** Ends it; the first cause counts. */
    @SuppressWarnings("FutureReturnValueIgnored") // channelInactive tells the end
    void close(DisconnectCause why) {
        if (cause == null) {
            cause = why;
        }
        if (stage != Stage.CLOSED) {
            stage = Stage.CLOSED;
            decoder.stop();
            channel.close();
        }
    }

    /** Looks at the deadlines; {@code lateNanos} is how late this look itself came, which is not the peer's fault. */
    void tick(long nowNanos, long lateNanos) {
        receivedNanos += lateNanos;
        deadlineNanos += lateNanos;
        writeNanos += lateNanos;
        switch (stage) {
            case OPENING, REFUSING -> {
                if (nowNanos - deadlineNanos >= 0) {
                    close(DisconnectCause.TIMEOUT);
                }
            }
            case RETIRED -> {
                if (nowNanos - deadlineNanos >= 0) {
                    close(DisconnectCause.LOCAL);
                }
            }
            case ESTABLISHED -> {
                if (nowNanos - receivedNanos >= settings.idleLimit().toNanos()) {
                    close(DisconnectCause.TIMEOUT);
                } else if (writing > 0
                        && nowNanos - writeNanos >= settings.drainLimit().toNanos()) {
                    close(DisconnectCause.STALLED);
                } else if (canWrite()
                        && nowNanos - sentNanos >= settings.keepAlive().toNanos()) {
                    write(Envelope.newBuilder().setKeepAlive(KEEP_ALIVE).build());
                }
            }
            case CLOSED -> {}
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        owner.opened(this);
        if (!tls) {
            owner.ready(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof Envelope envelope)) {
            throw new IllegalStateException("not a message: " + message.getClass());
        }
        receivedNanos = System.nanoTime();
        switch (stage) {
            case OPENING -> owner.greeted(this, envelope);
            case ESTABLISHED, RETIRED -> {
                if (envelope.hasHelloRefused()) {
                    owner.refusedByPeer(this, envelope.getHelloRefused());
                } else {
                    owner.received(this, envelope);
                }
            }
            case REFUSING, CLOSED -> {}
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            owner.writable(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stage = Stage.CLOSED;
        owner.closed(this, cause == null ? DisconnectCause.CLOSED : cause);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                owner.ready(this);
            } else if (handshake.cause() instanceof SSLException problem) {
                tlsFailed(problem);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        Throwable problem =
                thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        switch (problem) {
            case BadFrameException bad -> badData(String.valueOf(bad.getMessage()));
            case SSLException tlsProblem -> tlsFailed(tlsProblem);
            case IOException failure -> close(Causes.of(failure));
            default -> {
                close(DisconnectCause.LOCAL);
                Loop.crash(problem);
            }
        }
    }

    private void tlsFailed(SSLException problem) {
        if (stage == Stage.CLOSED) {
            return;
        }
        if (problem instanceof NotSslRecordException) {
            badData("not TLS");
        } else if (stage == Stage.OPENING) {
            String text = String.valueOf(problem.getMessage());
            owner.refused(this, Reason.REASON_CERTIFICATE, text.contains("fatal alert"), "TLS: " + text);
            close(DisconnectCause.BAD_DATA);
        } else {
            badData("TLS: " + problem.getMessage());
        }
    }

    private void badData(String text) {
        if (stage != Stage.CLOSED) {
            owner.badData(this, text);
            close(DisconnectCause.BAD_DATA);
        }
    }
}
