package io.pgmahout.tests.sim;

import java.util.Arrays;

/** What will happen, in order of (virtual time, order of entry). Times in microseconds since the world began. */
final class Agenda {
    private long[] times = new long[256];
    private long[] orders = new long[256];
    private Runnable[] entries = new Runnable[256];
    private int size;
    private long entered;
    private long nowUs;

    long nowUs() {
        return nowUs;
    }

    void at(long timeUs, Runnable entry) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            orders = Arrays.copyOf(orders, size * 2);
            entries = Arrays.copyOf(entries, size * 2);
        }
        long time = Math.max(timeUs, nowUs);
        int hole = size++;
        // A new entry is later than all of the same time, so times alone decide on the way up.
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (times[parent] <= time) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        put(hole, time, entered++, entry);
    }

    /** Runs the next entry; false when nothing is left before {@code untilUs}. */
    boolean advance(long untilUs) {
        if (size == 0 || times[0] > untilUs) {
            return false;
        }
        nowUs = times[0];
        Runnable entry = entries[0];
        removeFirst();
        entry.run();
        return true;
    }

    private void removeFirst() {
        int last = --size;
        long time = times[last];
        long order = orders[last];
        Runnable entry = entries[last];
        int hole = 0;
        for (int child = 1; child < last; child = 2 * hole + 1) {
            if (child + 1 < last && before(times[child + 1], orders[child + 1], child)) {
                child++;
            }
            if (before(time, order, child)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        put(hole, time, order, entry);
    }

    private boolean before(long time, long order, int index) {
        return time < times[index] || (time == times[index] && order < orders[index]);
    }

    private void move(int from, int to) {
        put(to, times[from], orders[from], entries[from]);
    }

    private void put(int index, long time, long order, Runnable entry) {
        times[index] = time;
        orders[index] = order;
        entries[index] = entry;
    }
}
