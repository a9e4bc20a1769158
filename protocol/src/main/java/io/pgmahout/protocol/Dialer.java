package io.pgmahout.protocol;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides when to dial which address: at once when a peer is lost, then with a back-off that doubles up to a limit.
 * An address behind which a connected member is known to be is left alone. Event loop only; names are
 * resolved on another thread, and a resolver that hangs delays only names that were never resolved before.
 */
final class Dialer {
    /** Seed lists usually name their reader too; whether that is still so is looked at this often. */
    private static final Duration SELF_RETRY = Duration.ofMinutes(1);

    private final Loop loop;
    private final Executor resolver;
    private final TransportSettings settings;
    private final Predicate<Seed> isServed;
    private final BiConsumer<Seed, InetSocketAddress> connect;
    private final Map<PeerAddress, Seed> seeds = new LinkedHashMap<>();
    private boolean stopped;

    /**
     * {@code isServed} tells whether a member known to be at a seed is connected; {@code connect} starts a connection
     * and leads to {@link #established} or {@link #failed}.
     */
    Dialer(
            Loop loop,
            Executor resolver,
            TransportSettings settings,
            Predicate<Seed> isServed,
            BiConsumer<Seed, InetSocketAddress> connect) {
        this.loop = loop;
        this.resolver = resolver;
        this.settings = settings;
        this.isServed = isServed;
        this.connect = connect;
    }

    /** Takes the current list of addresses, of which the first {@code maxPeers} count, and dials what is due. */
    void refresh(Collection<PeerAddress> addresses) {
        if (stopped) {
            return;
        }
        seeds.keySet().retainAll(addresses);
        for (PeerAddress address : addresses) {
            if (seeds.size() < settings.maxPeers()) {
                seeds.computeIfAbsent(address, Seed::new);
            }
        }
        seeds.values().forEach(this::consider);
    }

    void stop() {
        stopped = true;
        seeds.clear();
    }

    /** A connection to the seed is established, or some other connection to the member behind it. */
    void established(Seed seed, String member) {
        seed.member = member;
        seed.busy = false;
    }

    /** An attempt failed. */
    void failed(Seed seed) {
        seed.busy = false;
        seed.failures = Math.min(seed.failures + 1, 30);
        retryIn(seed, backOff(seed.failures));
    }

    /** The next attempt is pointless for a while: the hello or the certificate was refused. */
    void postpone(Seed seed, boolean self) {
        Duration wait = self ? SELF_RETRY : settings.refusedRetry();
        seed.notBeforeNanos = System.nanoTime() + wait.toNanos();
    }

    /** A peer is no longer connected; one that did not stay longer than the back-off's limit is dialed with back-off. */
    void lost(PeerIdentity peer, long ageNanos) {
        boolean stayed = ageNanos >= settings.retryLimit().toNanos();
        for (Seed seed : seeds.values()) {
            if (peer.member().equals(seed.member)
                    || peer.gossipAddress().equals(seed.address().toString())) {
                seed.failures = stayed ? 0 : Math.min(seed.failures + 1, 30);
                retryIn(seed, stayed ? Duration.ZERO : backOff(seed.failures));
            }
        }
    }

    private void retryIn(Seed seed, Duration wait) {
        long at = System.nanoTime() + wait.toNanos();
        if (at - seed.notBeforeNanos > 0) {
            seed.notBeforeNanos = at;
        }
        loop.after(wait, () -> consider(seed));
    }

    private Duration backOff(int failures) {
        Duration wait = settings.retryFirst().multipliedBy(1L << Math.min(failures - 1, 16));
        return wait.compareTo(settings.retryLimit()) < 0 ? wait : settings.retryLimit();
    }

    private void consider(Seed seed) {
        boolean known = seeds.get(seed.address()) == seed;
        if (stopped || !known || seed.busy || System.nanoTime() - seed.notBeforeNanos < 0 || isServed.test(seed)) {
            return;
        }
        seed.busy = true;
        byte[] literal =
                NetUtil.createByteArrayFromIpAddressString(seed.address().host());
        if (literal != null) {
            dial(seed, addressOf(literal));
        } else {
            resolve(seed);
        }
    }

    private void resolve(Seed seed) {
        boolean[] dialed = new boolean[1];
        try {
            resolver.execute(() -> {
                InetAddress found = lookUp(seed.address().host());
                loop.run(() -> {
                    seed.resolved = found == null ? seed.resolved : found;
                    dialOnce(seed, dialed);
                });
            });
        } catch (RejectedExecutionException e) {
            // The transport is being closed.
            seed.busy = false;
            return;
        }
        if (seed.resolved != null) {
            loop.after(settings.retryLimit(), () -> dialOnce(seed, dialed));
        }
    }

    private void dialOnce(Seed seed, boolean[] dialed) {
        if (dialed[0]) {
            return;
        }
        dialed[0] = true;
        if (seed.resolved == null) {
            failed(seed);
        } else {
            dial(seed, seed.resolved);
        }
    }

    private void dial(Seed seed, InetAddress address) {
        if (stopped || isServed.test(seed)) {
            seed.busy = false;
            return;
        }
        connect.accept(seed, new InetSocketAddress(address, seed.address().port()));
    }

    private static @Nullable InetAddress lookUp(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            // Not yet there, or no more: the same as a connection refused.
            return null;
        }
    }

    private static InetAddress addressOf(byte[] literal) {
        try {
            return InetAddress.getByAddress(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("neither 4 nor 16 bytes", e);
        }
    }
}
