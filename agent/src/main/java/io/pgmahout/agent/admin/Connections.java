package io.pgmahout.agent.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ObjLongConsumer;

/**
 * Sets up each connection of the port. Where there are too many, one that is not being answered goes for the new one: of
 * the address that has most of them the oldest, so that whoever opens thousands keeps nobody out. Event loop only.
 */
final class Connections extends ChannelInitializer<Channel> {

    static final int MAX_TARGET_BYTES = 4_096;

    private final AdminOptions.Limits limits;
    private final Routes routes;
    private final Optional<PortTls> tls;
    private final ObjLongConsumer<String> crowded;
    private final Map<Channel, Deadlines> open = new LinkedHashMap<>();
    private long closed;

    /** @param crowded told, each time, of the address whose connection went and how many have gone so far */
    Connections(AdminOptions.Limits limits, Routes routes, Optional<PortTls> tls, ObjLongConsumer<String> crowded) {
        this.limits = limits;
        this.routes = routes;
        this.tls = tls;
        this.crowded = crowded;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (open.size() >= limits.connections()) {
            Channel leaves = leaving(channel);
            closed++;
            crowded.accept(address(leaves), closed);
            open.remove(leaves);
            Wire.drop(leaves, "too many connections");
            if (leaves.equals(channel)) {
                return;
            }
        }
        Deadlines deadlines = new Deadlines(limits);
        open.put(channel, deadlines);
        channel.closeFuture().addListener(done -> open.remove(channel));
        tls.ifPresent(port -> channel.pipeline().addLast(port.accepting()));
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

    /** Closes all of them. */
    void close() {
        List.copyOf(open.keySet()).forEach(channel -> Wire.drop(channel, "the port is closed"));
    }

    /** Who goes for {@code comer}: itself where all others are being answered. */
    private Channel leaving(Channel comer) {
        Map<String, Integer> waiting = new HashMap<>();
        open.forEach((channel, deadlines) -> {
            if (!deadlines.isAnswering()) {
                waiting.merge(address(channel), 1, Integer::sum);
            }
        });
        int most = waiting.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        for (Map.Entry<Channel, Deadlines> one : open.entrySet()) {
            if (!one.getValue().isAnswering() && waiting.getOrDefault(address(one.getKey()), 0) == most) {
                return one.getKey();
            }
        }
        return comer;
    }

    private static String address(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "unknown";
    }
}
