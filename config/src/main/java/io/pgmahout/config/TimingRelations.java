package io.pgmahout.config;

import static io.pgmahout.config.FailoverKeys.CLOCK_DRIFT;
import static io.pgmahout.config.FailoverKeys.DROP_AFTER;
import static io.pgmahout.config.FailoverKeys.LEASE_DURATION;
import static io.pgmahout.config.FailoverKeys.PEER_LEASE;
import static io.pgmahout.config.FailoverKeys.PEER_LEASE_MAX;
import static io.pgmahout.config.FailoverKeys.PERMIT_MARGIN;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Relations between the timings of the safety protocol. */
final class TimingRelations {
    /** ρ: how far one clock may be off. 500 ppm is what a kernel slews at most, 500 ppm a bad oscillator. */
    static final double CLOCK_RATE_ERROR = 0.001;

    static final List<Relation> ALL = List.of(
            Relation.must(
                    "failover.peer-lease-max is at least failover.peer-lease, since G starts at the one and is raised to the other",
                    v -> shorter(v, PEER_LEASE_MAX, v.get(PEER_LEASE), "failover.peer-lease"),
                    PEER_LEASE_MAX,
                    PEER_LEASE),
            Relation.must(
                    "failover.permit-margin is less than a quarter of failover.peer-lease, since a heartbeat is sent every quarter"
                            + " and a permit must reach past the next one",
                    v -> Relation.when(
                            v.get(PERMIT_MARGIN).multipliedBy(4).compareTo(v.get(PEER_LEASE)) >= 0,
                            "leaves no time between two heartbeats: permit-margin is "
                                    + shown(v, PERMIT_MARGIN) + ", a quarter of peer-lease is "
                                    + Durations.render(v.get(PEER_LEASE).dividedBy(4))),
                    PERMIT_MARGIN,
                    PEER_LEASE),
            Relation.must(
                    "failover.lease-duration is at least four times failover.peer-lease-max, since the record is renewed every"
                            + " quarter and a primary that loses its peers must still hold it when the last of them lapses",
                    v -> Relation.when(
                            v.get(LEASE_DURATION)
                                            .compareTo(v.get(PEER_LEASE_MAX).multipliedBy(4))
                                    < 0,
                            "is too short beside peer-lease-max: lease-duration is " + shown(v, LEASE_DURATION)
                                    + ", four times peer-lease-max is "
                                    + Durations.render(v.get(PEER_LEASE_MAX).multipliedBy(4))),
                    LEASE_DURATION,
                    PEER_LEASE_MAX),
            Relation.must(
                    "failover.lease-duration is a whole number of seconds, since cluster records count in seconds",
                    v -> Relation.when(
                            v.get(LEASE_DURATION).toMillis() % 1000 != 0, "is not a whole number of seconds"),
                    LEASE_DURATION),
            Relation.must(
                    "1 + failover.clock-drift is at least (1 + ρ) / (1 − ρ) with ρ = " + CLOCK_RATE_ERROR
                            + ", since one clock may be that much fast while the other is that much slow",
                    v -> Relation.when(
                            1 + v.get(CLOCK_DRIFT) < (1 + CLOCK_RATE_ERROR) / (1 - CLOCK_RATE_ERROR),
                            "is less than two ordinary clocks may drift apart"),
                    CLOCK_DRIFT),
            Relation.must(
                    "failover.drop-after is at least twice failover.peer-lease, so that a few lost heartbeats drop nobody",
                    v -> shorter(v, DROP_AFTER, v.get(PEER_LEASE).multipliedBy(2), "twice failover.peer-lease"),
                    DROP_AFTER,
                    PEER_LEASE));

    private TimingRelations() {}

    private static Optional<String> shorter(Values values, Key<Duration> key, Duration least, String name) {
        return Relation.when(
                values.get(key).compareTo(least) < 0,
                "makes " + key.name() + " (" + shown(values, key) + ") shorter than " + name + " ("
                        + Durations.render(least) + ")");
    }

    private static String shown(Values values, Key<Duration> key) {
        return Durations.render(values.get(key));
    }
}
