package io.pgmahout.protocol;

import java.util.concurrent.atomic.AtomicLongArray;

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

    private final AtomicLongArray counts = new AtomicLongArray(Count.values().length);

    void add(Count what) {
        counts.incrementAndGet(what.ordinal());
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
        return counts.get(what.ordinal());
    }
}
