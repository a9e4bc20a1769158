package io.pgmahout.agent.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The admin port's listener. All its work is done on one loop of the group, which stays the caller's. */
public final class AdminServer implements AutoCloseable {

    static final int MAX_TARGET_BYTES = 4_096;

    private final Channel listener;
    private final ChannelGroup connections;
    private final Forwarding forwarding;
    private final Optional<PortTls> tls;
    private final ScheduledFuture<?> sampling;

    private AdminServer(
            Channel listener,
            ChannelGroup connections,
            Forwarding forwarding,
            Optional<PortTls> tls,
            ScheduledFuture<?> sampling) {
        this.listener = listener;
        this.connections = connections;
        this.forwarding = forwarding;
        this.tls = tls;
        this.sampling = sampling;
    }

    /** Listens from now on; throws if the address is taken or not this machine's. Not called on the group's loop. */
    public static AdminServer start(EventLoopGroup group, AdminOptions options, Operations operations)
            throws IOException {
        EventLoop loop = group.next();
        LongSupplier nanoTime = System::nanoTime;
        LagClock lag = new LagClock();
        Forwarding forwarding = new Forwarding(options);
        Actions actions = new Actions(options.member(), InstantSource.system(), nanoTime);
        Commands commands = new Commands(options, operations, actions, forwarding);
        Routes routes = new Routes(options, operations, commands, lag, nanoTime);
        ChannelGroup connections = new DefaultChannelGroup(loop);
        Optional<PortTls> tls = options.tls()
                .map(context -> new PortTls(context, options.limits().requestMs()));
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 128)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Connections(options.limits(), routes, connections, tls))
                .bind(options.listen())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            forwarding.close();
            tls.ifPresent(PortTls::close);
            throw new IOException("cannot listen on " + options.listen() + ": " + bound.cause(), bound.cause());
        }
        ScheduledFuture<?> sampling = loop.scheduleAtFixedRate(
                () -> {
                    Operations.Seen seen = operations.seen();
                    if (seen != null) {
                        lag.sample(
                                TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong()),
                                Standing.of(seen).primaryPosition());
                    }
                },
                0,
                1,
                TimeUnit.SECONDS);
        return new AdminServer(bound.channel(), connections, forwarding, tls, sampling);
    }

    /** Where it listens, with the port that was chosen if any would do. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Closes the listener and every connection; the group goes on. */
    @Override
    public void close() {
        sampling.cancel(false);
        listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        forwarding.close();
        tls.ifPresent(PortTls::close);
    }

    /** Sets up each connection, or closes it when there are too many. */
    private static final class Connections extends ChannelInitializer<SocketChannel> {
        private final AdminOptions.Limits limits;
        private final Routes routes;
        private final ChannelGroup connections;
        private final Optional<PortTls> tls;

        Connections(AdminOptions.Limits limits, Routes routes, ChannelGroup connections, Optional<PortTls> tls) {
            this.limits = limits;
            this.tls = tls;
            this.routes = routes;
            this.connections = connections;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (connections.size() >= limits.connections()) {
                Wire.drop(channel, "too many connections");
                return;
            }
            connections.add(channel);
            tls.ifPresent(port -> channel.pipeline().addLast(port.accepting()));
            Deadlines deadlines = new Deadlines(limits);
            channel.pipeline()
                    .addLast(new WriteTimeoutHandler(10))
                    .addLast(deadlines)
                    .addLast(new HttpServerCodec(new HttpDecoderConfig()
                            .setMaxInitialLineLength(MAX_TARGET_BYTES)
                            .setMaxHeaderSize(limits.headerBytes())))
                    .addLast(new HeadCheck(limits))
                    .addLast(new HttpObjectAggregator(limits.bodyBytes(), true))
                    .addLast(new Conversation(routes, deadlines));
        }
    }
}
