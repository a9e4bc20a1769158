package io.pgmahout.config;

import java.time.Duration;

/**
 * Timings and limits of failover. {@code peerLease} is G, {@code clockDrift} ε of the safety protocol. What
 * can be derived is a method, so that it cannot be set to something that contradicts.
 */
public record FailoverSettings(
        DataSize maxLag,
        Duration peerLease,
        Duration peerLeaseMax,
        double clockDrift,
        Duration permitMargin,
        Duration leaseDuration,
        Duration dropAfter,
        Duration coldStartWait,
        Duration switchoverTimeout,
        DataSize salvageLimit,
        Duration salvageTimeout,
        Duration slotRetention,
        boolean failsafe) {
    /** Time between two heartbeats of the primary: a quarter of the peer lease. */
    public Duration heartbeatInterval() {
        return peerLease.dividedBy(4);
    }

    /** Time between two renewals of the cluster record: a quarter of the lease. */
    public Duration renewInterval() {
        return leaseDuration.dividedBy(4);
    }

    /** F: how long an acknowledgement counts that a primary without the store asks for; zero where it does not ask. */
    public Duration failsafeLease() {
        return failsafe ? leaseDuration.dividedBy(3) : Duration.ZERO;
    }

    /** A duration of another member's clock, stretched so that it has passed there whatever the drift. */
    public Duration stretched(Duration duration) {
        return Duration.ofNanos((long) Math.ceil(duration.toNanos() * (1 + clockDrift)));
    }
}
