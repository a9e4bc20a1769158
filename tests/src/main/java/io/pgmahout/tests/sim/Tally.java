package io.pgmahout.tests.sim;

import java.util.Map;
import java.util.TreeMap;

/** How often what happened: shows what a run exercised. Not shared between threads; one can be added to another. */
final class Tally {
    private final Map<String, long[]> counts = new TreeMap<>();

    void count(String what) {
        add(what, 1);
    }

    void add(String what, long amount) {
        counts.computeIfAbsent(what, key -> new long[1])[0] += amount;
    }

    void addAll(Tally other) {
        other.counts.forEach((what, count) -> add(what, count[0]));
    }

    long of(String what) {
        long[] count = counts.get(what);
        return count == null ? 0 : count[0];
    }

    Map<String, Long> asMap() {
        Map<String, Long> map = new TreeMap<>();
        counts.forEach((what, count) -> map.put(what, count[0]));
        return map;
    }
}
