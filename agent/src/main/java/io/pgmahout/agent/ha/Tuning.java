package io.pgmahout.agent.ha;

/**
 * The timings of the protocol, in milliseconds; the relations between them are validated by the configuration.
 *
 * @param peerLeaseMs G, the life of one heartbeat's acknowledgement
 * @param peerLeaseMaxMs how far G may be raised under load
 * @param clockDrift ε, the bound on the relative rate of two members' clocks, at least (1+ρ)/(1−ρ)−1 for a rate
 *     error of ρ each (A10)
 * @param marginMs what the permit is shorter than the leases: the gate's reaction and two grains of the clock
 * @param leaseDurationMs of the store lease, for a record this member creates
 * @param dropAfterMs a voter silent for this long is dropped
 * @param coldStartWaitMs how long a cluster that was all down waits for its last holder
 * @param switchoverTimeoutMs a switchover that takes longer is given up
 * @param maxLagBytes a candidate that lags further behind the primary's last known position does not lead
 * @param crashHandoverMs how long after a crash of its postgres the holder looks for a standby that has all
 * @param salvageLimitBytes a standby that lacks more of the WAL of a holder whose server ended is not given it
 * @param salvageTimeoutMs how long that may take, counted from when the end is known
 * @param slotRetentionMs how long the slot of a member that is gone keeps WAL for it
 * @param failsafeLeaseMs F, what a holder without the store asks all others to grant it; 0 where it does not
 */
public record Tuning(
        long peerLeaseMs,
        long peerLeaseMaxMs,
        double clockDrift,
        long marginMs,
        long leaseDurationMs,
        long dropAfterMs,
        long coldStartWaitMs,
        long switchoverTimeoutMs,
        long maxLagBytes,
        long crashHandoverMs,
        long salvageLimitBytes,
        long salvageTimeoutMs,
        long slotRetentionMs,
        long failsafeLeaseMs) {

    public static final Tuning DEFAULT = new Tuning(
            750, 3_000, 0.10, 100, 15_000, 2_000, 30_000, 60_000, 1L << 20, 150, 16L << 20, 2_000, 1_800_000, 5_000);

    /** {@code ms} of another member's clock as this member must wait them out. */
    long stretched(long ms) {
        return (long) Math.ceil(ms * (1 + clockDrift));
    }

    long heartbeatMs() {
        return peerLeaseMs / 4;
    }

    long renewalMs() {
        return leaseDurationMs / 4;
    }
}
