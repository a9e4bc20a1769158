package io.pgmahout.protocol;

import java.time.Duration;

/**
 * Limits and times of a transport. All durations are positive; everything that can grow has its bound here.
 *
 * @param frameLimit bytes of the largest message accepted or sent
 * @param helloLimit bytes of the largest message accepted from a peer that has not said hello yet
 * @param connectTimeout how long one TCP connect may take
 * @param handshakeTimeout from TCP connect to the accepted hello, TLS included, however busily the peer drips
 * @param idleLimit a peer from which no whole message came for this long is closed
 * @param keepAlive after this long without a message of our own one is sent; well below the idle limit
 * @param drainLimit a peer that takes one message no further within this is closed
 * @param retryFirst wait before the second attempt to connect (the first comes at once); doubles from there
 * @param retryLimit longest wait between two attempts; failover depends on it
 * @param refusedRetry wait after a refused hello or failed TLS handshake, which do not heal by themselves
 * @param supersededGrace how long a connection given up for a newer one stays readable
 * @param certificateCheck how often the TLS files are looked at
 * @param maxPeers members connected at the same time, and addresses dialed
 * @param maxUnauthenticated connections accepted and not yet past hello; one more closes the oldest of them
 * @param outboxLimit messages waiting for one peer besides those of which the newest wins; one more drops the oldest
 */
public record TransportSettings(
        int frameLimit,
        int helloLimit,
        Duration connectTimeout,
        Duration handshakeTimeout,
        Duration idleLimit,
        Duration keepAlive,
        Duration drainLimit,
        Duration retryFirst,
        Duration retryLimit,
        Duration refusedRetry,
        Duration supersededGrace,
        Duration certificateCheck,
        int maxPeers,
        int maxUnauthenticated,
        int outboxLimit) {

    public TransportSettings {
        atLeast("frameLimit", frameLimit, 1024);
        atLeast("helloLimit", helloLimit, 512);
        atLeast("maxPeers", maxPeers, 1);
        atLeast("maxUnauthenticated", maxUnauthenticated, 1);
        atLeast("outboxLimit", outboxLimit, 1);
        positive("connectTimeout", connectTimeout);
        positive("handshakeTimeout", handshakeTimeout);
        positive("idleLimit", idleLimit);
        positive("keepAlive", keepAlive);
        positive("drainLimit", drainLimit);
        positive("retryFirst", retryFirst);
        positive("retryLimit", retryLimit);
        positive("refusedRetry", refusedRetry);
        positive("supersededGrace", supersededGrace);
        positive("certificateCheck", certificateCheck);
        if (helloLimit > frameLimit) {
            throw new IllegalArgumentException("helloLimit exceeds frameLimit");
        }
        if (keepAlive.multipliedBy(2).compareTo(idleLimit) > 0) {
            throw new IllegalArgumentException("keepAlive must be at most half of idleLimit");
        }
        if (retryFirst.compareTo(retryLimit) > 0) {
            throw new IllegalArgumentException("retryFirst exceeds retryLimit");
        }
    }

    /** The settings an agent uses. */
    public static TransportSettings defaults() {
        return new TransportSettings(
                64 * 1024,
                4 * 1024,
                Duration.ofMillis(500),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                32,
                32,
                64);
    }

    /** The same with another idle limit, and keep-alives at a quarter of it. */
    public TransportSettings withIdleLimit(Duration limit) {
        return new TransportSettings(
                frameLimit,
                helloLimit,
                connectTimeout,
                handshakeTimeout,
                limit,
                limit.dividedBy(4),
                drainLimit,
                retryFirst,
                retryLimit,
                refusedRetry,
                supersededGrace,
                certificateCheck,
                maxPeers,
                maxUnauthenticated,
                outboxLimit);
    }

    /** How often deadlines of connections are looked at: they are kept to within this. */
    Duration tick() {
        Duration least = min(min(handshakeTimeout, idleLimit), min(drainLimit, keepAlive.multipliedBy(2)));
        return max(min(least.dividedBy(8), Duration.ofMillis(500)), Duration.ofMillis(5));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.toMillis() <= 0) {
            throw new IllegalArgumentException(name + " must be at least a millisecond: " + value);
        }
    }
}
