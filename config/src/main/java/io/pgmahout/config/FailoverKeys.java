package io.pgmahout.config;

import java.time.Duration;
import java.util.List;

/** Timings and limits of failover. */
final class FailoverKeys {
    static final Key<DataSize> MAX_LAG = Key.standard(
                    "failover.max-lag",
                    Types.size("0B", "1TB"),
                    "1MB",
                    "A standby further behind the primary's last known position does not lead by itself.",
                    s -> s.failover().maxLag())
            .onReload();
    static final Key<Duration> PEER_LEASE = Key.standard(
            "failover.peer-lease",
            Types.duration("300ms", "30s"),
            "750ms",
            "G: how long an acknowledged heartbeat counts; a lost primary is replaced soon after it.",
            s -> s.failover().peerLease());
    static final Key<Duration> PEER_LEASE_MAX = Key.standard(
            "failover.peer-lease-max",
            Types.duration("300ms", "60s"),
            "3s",
            "How far a primary that measures itself late may raise G by itself.",
            s -> s.failover().peerLeaseMax());
    static final Key<Double> CLOCK_DRIFT = Key.standard(
            "failover.clock-drift",
            Types.decimal(0.001, 1),
            "0.10",
            "ε: by how much one member's clock may run faster than another's; the same for all members.",
            s -> s.failover().clockDrift());
    static final Key<Duration> PERMIT_MARGIN = Key.standard(
            "failover.permit-margin",
            // Two grains of 10 ms of /proc/uptime, one for the agent's reading and one for the gate's, and 50 ms to
            // freeze.
            Types.duration("70ms", "5s"),
            "100ms",
            "By how much the write permit ends before the lease it stands for, so that the gate has time to freeze.",
            s -> s.failover().permitMargin());
    static final Key<Duration> LEASE_DURATION = Key.standard(
            "failover.lease-duration",
            Types.duration("2s", "5m"),
            "15s",
            "How long the cluster record counts after it was last renewed; it is renewed every quarter of it.",
            s -> s.failover().leaseDuration());
    static final Key<Duration> DROP_AFTER = Key.standard(
                    "failover.drop-after",
                    Types.duration("600ms", "10m"),
                    "2s",
                    "The primary drops a member that was silent for so long from the voting members.",
                    s -> s.failover().dropAfter())
            .onReload();
    static final Key<Duration> COLD_START_WAIT = Key.standard(
                    "failover.cold-start-wait",
                    Types.duration("0s", "1h"),
                    "30s",
                    "After every member was down, how long the others wait for the last primary; and how long a member whose data"
                            + " directory is empty waits for its volume.",
                    s -> s.failover().coldStartWait())
            .onReload();
    static final Key<Duration> SWITCHOVER_TIMEOUT = Key.standard(
                    "failover.switchover-timeout",
                    Types.duration("5s", "1h"),
                    "60s",
                    "A switchover that has not moved the primary by then is given up.",
                    s -> s.failover().switchoverTimeout())
            .onReload();
    static final Key<DataSize> SALVAGE_LIMIT = Key.standard(
                    "failover.salvage-limit",
                    Types.size("0B", "1GB"),
                    "16MB",
                    "A standby that lacks, or has yet to replay, at most so much of the WAL of a primary whose server ended gets"
                            + " it from there and takes over; where each lacks more, the server is started in place. 0B switches"
                            + " that off.",
                    s -> s.failover().salvageLimit())
            .onReload();
    static final Key<Duration> SALVAGE_TIMEOUT = Key.standard(
                    "failover.salvage-timeout",
                    Types.duration("0s", "1m"),
                    "2s",
                    "What has not reached a standby by then stays where it is, and the server is started in place.",
                    s -> s.failover().salvageTimeout())
            .onReload();
    static final Key<Duration> SLOT_RETENTION = Key.standard(
                    "failover.slot-retention",
                    Types.duration("1s", "30d"),
                    "30m",
                    "How long the replication slot of a member that is gone, and no longer votes, keeps WAL for its return;"
                            + " later it is cloned again.",
                    s -> s.failover().slotRetention())
            .onReload();

    static final Key<Boolean> FAILSAFE = Key.standard(
            "failover.failsafe",
            Types.BOOLEAN,
            "true",
            "Whether a primary that cannot write the record goes on for as long as every voting member acknowledges it.",
            s -> s.failover().failsafe());

    static final List<Key<?>> ALL = List.of(
            MAX_LAG,
            PEER_LEASE,
            PEER_LEASE_MAX,
            CLOCK_DRIFT,
            PERMIT_MARGIN,
            LEASE_DURATION,
            DROP_AFTER,
            COLD_START_WAIT,
            SWITCHOVER_TIMEOUT,
            SALVAGE_LIMIT,
            SALVAGE_TIMEOUT,
            SLOT_RETENTION,
            FAILSAFE);

    private FailoverKeys() {}

    static FailoverSettings from(Values values) {
        return new FailoverSettings(
                values.get(MAX_LAG),
                values.get(PEER_LEASE),
                values.get(PEER_LEASE_MAX),
                values.get(CLOCK_DRIFT),
                values.get(PERMIT_MARGIN),
                values.get(LEASE_DURATION),
                values.get(DROP_AFTER),
                values.get(COLD_START_WAIT),
                values.get(SWITCHOVER_TIMEOUT),
                values.get(SALVAGE_LIMIT),
                values.get(SALVAGE_TIMEOUT),
                values.get(SLOT_RETENTION),
                values.get(FAILSAFE));
    }
}
