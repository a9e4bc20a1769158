package io.pgmahout.protocol;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** The counters of a transport while it runs. Any thread. */
final class Tally {
    /** What is counted; {@link TransportCounters} says what each means. */
    enum Count {
        ACCEPTED,
        DIALED,
        ESTABLISHED,
        SUPERSEDED,
        REFUSED,
        BAD_DATA,
        EVICTED,
        UNKNOWN,
        REPLACED,
        DROPPED
    }

    private final Map<Count, AtomicLong> counts;

    Tally() {
        Map<Count, AtomicLong> fresh = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            fresh.put(count, new AtomicLong());
        }
        counts = Map.copyOf(fresh);
    }

    void add(Count what) {
        counter(what).incrementAndGet();
    }

    TransportCounters snapshot() {
        return new TransportCounters(
                get(Count.ACCEPTED),
                get(Count.DIALED),
                get(Count.ESTABLISHED),
                get(Count.SUPERSEDED),
                get(Count.REFUSED),
                get(Count.BAD_DATA),
                get(Count.EVICTED),
                get(Count.UNKNOWN),
                get(Count.REPLACED),
                get(Count.DROPPED));
    }

    private long get(Count what) {
        return counter(what).get();
    }

    private AtomicLong counter(Count what) {
        return Objects.requireNonNull(counts.get(what));
    }
}
