package io.pgmahout.agent.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The admin port's listener. All its work is done on one loop of the group, which stays the caller's. */
public final class AdminServer implements AutoCloseable {

    private final Channel listener;
    private final EventLoop loop;
    private final Connections connections;
    private final Forwarding forwarding;
    private final Optional<PortTls> tls;
    private final ScheduledFuture<?> sampling;

    private AdminServer(
            Channel listener,
            EventLoop loop,
            Connections connections,
            Forwarding forwarding,
            Optional<PortTls> tls,
            ScheduledFuture<?> sampling) {
        this.listener = listener;
        this.loop = loop;
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
        Optional<PortTls> tls = options.tls()
                .map(context -> new PortTls(context, options.limits().requestMs()));
        Connections connections = new Connections(options.limits(), routes, tls, routes::crowded);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 512)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(connections)
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
        return new AdminServer(bound.channel(), loop, connections, forwarding, tls, sampling);
    }

    /** Where it listens, with the port that was chosen if any would do. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Closes the listener and every connection; the group goes on. Nothing the second time. */
    @Override
    public void close() {
        if (!listener.isOpen()) {
            return;
        }
        sampling.cancel(false);
        listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loop.submit(connections::close).awaitUninterruptibly(1, TimeUnit.SECONDS);
        forwarding.close();
        tls.ifPresent(PortTls::close);
    }
}
