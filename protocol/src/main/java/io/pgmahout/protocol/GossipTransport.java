package io.pgmahout.protocol;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgmahout.protocol.Tally.Count;
import io.pgmahout.protocol.v1.Envelope;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gossip with the other members: listens, dials every address of a list, keeps one connection to each member and says
 * what comes and goes. See docs/protocol.md.
 *
 * <p>Two threads: an event loop, which makes all calls to the listener, and one that resolves names and looks at
 * TLS files. The public methods may be called from any thread, callbacks included, and do not block, but for
 * {@link #start} and {@link #close}, which must not be called from a callback.
 */
public final class GossipTransport implements AutoCloseable {
    private static final Duration BIND_LIMIT = Duration.ofSeconds(5);
    private static final Duration DRAIN_ON_CLOSE = Duration.ofMillis(300);
    private static final Duration DRAIN_CHECK = Duration.ofMillis(5);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    /** Small: a kernel buffer full of old messages is a queue that no newest-wins rule reaches. */
    private static final int SEND_BUFFER_BYTES = 32 * 1024;

    private final TransportSettings settings;
    private final TransportSecurity security;
    private final Supplier<? extends Collection<PeerAddress>> addresses;
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop eventLoop;
    private final Loop loop;
    private final ScheduledThreadPoolExecutor background;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Tally tally = new Tally();
    private final Roster roster;
    private final Dialer dialer;
    private final @Nullable GossipTls tls;
    private @Nullable Channel server;

    private GossipTransport(
            Supplier<? extends Collection<PeerAddress>> addresses,
            LocalIdentity identity,
            TransportSecurity security,
            TransportSettings settings,
            GossipListener listener)
            throws IOException, GeneralSecurityException {
        this.settings = settings;
        this.security = security;
        this.addresses = addresses;
        this.tls = security instanceof TransportSecurity.MutualTls mutual
                ? new GossipTls(mutual.files(), identity.cluster(), identity.member())
                : null;
        this.group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("gossip", true), NioIoHandler.newFactory());
        this.eventLoop = group.next();
        this.loop = new Loop(eventLoop);
        this.background = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("gossip-files", true));
        this.background.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        HelloCheck hellos = new HelloCheck(identity, new SecureRandom().nextLong());
        this.roster = new Roster(identity, hellos, settings, listener, tally);
        this.dialer = new Dialer(loop, background, settings, roster::isServed, this::connect);
        this.roster.dialer(dialer);
    }

    /**
     * Listens and begins to dial. Callbacks may come before this returns.
     *
     * @param listen resolved address; port 0 takes a free one, see {@link #port}
     * @param addresses where peers may be, own address allowed; asked several times a second on the event loop, so it
     *     returns at once what some other thread keeps up to date
     * @throws IOException when the address cannot be bound, or a TLS file cannot be read
     * @throws GeneralSecurityException when the TLS files do not fit together or name another member
     * @throws IllegalArgumentException when plain text would listen beyond loopback without being allowed to
     */
    public static GossipTransport start(
            InetSocketAddress listen,
            Supplier<? extends Collection<PeerAddress>> addresses,
            LocalIdentity identity,
            TransportSecurity security,
            TransportSettings settings,
            GossipListener listener)
            throws IOException, GeneralSecurityException {
        if (listen.isUnresolved()) {
            throw new IOException("cannot resolve " + listen.getHostString());
        }
        if (security instanceof TransportSecurity.PlainOnLoopback
                && !listen.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("plain text only on loopback, not on " + listen);
        }
        GossipTransport transport = new GossipTransport(addresses, identity, security, settings, listener);
        try {
            transport.bind(listen);
        } catch (IOException e) {
            transport.close();
            throw e;
        }
        return transport;
    }

    /** The port it listens on. */
    public int port() {
        if (server == null || !(server.localAddress() instanceof InetSocketAddress address)) {
            throw new IllegalStateException("closed");
        }
        return address.getPort();
    }

    /**
     * Puts a message into the outbox of a member. A heartbeat, an acknowledgement and a report each replace an older one
     * that still waits; of other messages the oldest is dropped when the outbox is full.
     *
     * @return false when the member is not connected. True says that it will be sent unless the connection ends first
     * @throws IllegalArgumentException for a message of the transport's own or above the frame limit
     */
    public boolean send(String member, Envelope message) {
        MessageKind kind = MessageKind.of(message);
        if (kind == MessageKind.INTERNAL || kind == MessageKind.UNKNOWN) {
            throw new IllegalArgumentException("not a message to send: " + message.getBodyCase());
        }
        if (message.getSerializedSize() > settings.frameLimit()) {
            throw new IllegalArgumentException(message.getBodyCase() + " of " + message.getSerializedSize() + " bytes");
        }
        Peer peer = roster.peer(member);
        if (peer == null) {
            return false;
        }
        switch (peer.outbox().add(kind, message)) {
            case QUEUED -> {}
            case REPLACED_OLDER -> tally.add(Count.REPLACED);
            case DROPPED_OLDEST -> tally.add(Count.DROPPED);
        }
        return !peer.requestPump() || loop.run(peer::pump);
    }

    /** Who is connected now. */
    public List<PeerIdentity> connected() {
        return roster.identities();
    }

    public TransportCounters counters() {
        return tally.snapshot();
    }

    /**
     * Sends what still waits, for a moment at most, and closes everything. Peers are not reported as disconnected; after
     * the return there are no more calls to the listener. A second call does nothing.
     */
    @Override
    public void close() {
        if (eventLoop.inEventLoop()) {
            throw new IllegalStateException("close() in a callback");
        }
        long until = System.nanoTime() + DRAIN_ON_CLOSE.toNanos();
        if (loop.run(this::stopDialing)) {
            loop.run(() -> drain(until));
        }
        background.shutdownNow();
        try {
            if (!eventLoop.terminationFuture().await(CLOSE_LIMIT.toMillis())) {
                shutDown(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            shutDown(Duration.ZERO);
            Thread.currentThread().interrupt();
        }
    }

    private void bind(InetSocketAddress listen) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 512)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(256, 1024, 8192))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(8192, 16384))
                .childHandler(initializer(null))
                .bind(listen);
        if (!bound.awaitUninterruptibly(BIND_LIMIT.toMillis()) || !bound.isSuccess()) {
            throw new IOException("cannot listen on " + listen, bound.cause());
        }
        server = bound.channel();
        if (tls != null) {
            tls.watch(background, settings.certificateCheck());
        }
        loop.run(() -> tick(System.nanoTime()));
    }

    private void connect(Seed seed, InetSocketAddress target) {
        if (security instanceof TransportSecurity.PlainOnLoopback
                && !target.getAddress().isLoopbackAddress()) {
            roster.complain(new Refusal(
                    seed.address().toString(),
                    Refusal.Kind.PLAIN_TEXT,
                    false,
                    "plain text only between loopback addresses"));
            dialer.postpone(seed, false);
            dialer.failed(seed);
            return;
        }
        tally.add(Count.DIALED);
        new Bootstrap()
                .group(eventLoop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(256, 1024, 8192))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(8192, 16384))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis())
                .handler(initializer(seed))
                .connect(target)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        dialer.failed(seed);
                    }
                });
    }

    private ChannelInitializer<Channel> initializer(@Nullable Seed seed) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                if (tls != null) {
                    pipeline.addLast(seed == null ? tls.accepting() : tls.dialing());
                }
                FrameDecoder decoder = new FrameDecoder(settings.helloLimit());
                Connection connection = new Connection(roster, channel, decoder, settings, seed, tls != null);
                pipeline.addLast(decoder, connection);
            }
        };
    }

    private void tick(long dueNanos) {
        long now = System.nanoTime();
        long late = now - dueNanos;
        long period = settings.tick().toNanos();
        // After a stall of our own, what peers sent meanwhile is still unread: it is not they who were silent.
        roster.tick(now, late > period ? late : 0);
        loop.after(settings.tick(), () -> tick(now + period));
        dialer.refresh(addresses.get());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // close() waits for the loop's end
    private void shutDown(Duration limit) {
        group.shutdownGracefully(0, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the loop's end closes it in any case
    private void stopDialing() {
        dialer.stop();
        if (server != null) {
            server.close();
        }
    }

    private void drain(long untilNanos) {
        if (roster.isDrained() || System.nanoTime() - untilNanos >= 0) {
            roster.closeAll();
            shutDown(CLOSE_LIMIT);
        } else {
            loop.after(DRAIN_CHECK, () -> drain(untilNanos));
        }
    }
}
