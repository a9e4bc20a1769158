package io.pgmahout.agent.observe;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Step;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The role changes, terms and fail-overs that this member has seen, the newest {@code capacity} of them, kept in a
 * file across restarts. {@link #stepped} is called by the control loop after each step and does no I/O; {@link
 * #entries} by any thread.
 */
public final class History {

    private final int capacity;
    private final InstantSource clock;
    private final Executor writer;
    private final HistoryFile file;
    private final Deque<HistoryEntry> ring;
    private final Tracing tracing = new Tracing();

    private History(int capacity, InstantSource clock, Executor writer, HistoryFile file) {
        this.capacity = capacity;
        this.clock = clock;
        this.writer = writer;
        this.file = file;
        this.ring = new ArrayDeque<>(file.read());
    }

    /**
     * Reads what is there. A file that cannot be read is no reason not to start.
     *
     * @param writer runs one task at a time, in order; the file is written on it
     */
    public static History open(Path file, int capacity, InstantSource clock, Executor writer) {
        return new History(capacity, clock, writer, new HistoryFile(file, capacity));
    }

    /** Tells of one step of the core. */
    public void stepped(Event event, Step step, Now now) {
        for (Tracing.Found found : tracing.stepped(event, step.effects(), now.ms())) {
            add(found.entry(clock.instant().minusMillis(now.ms() - found.beganMs())));
        }
    }

    /** Oldest first. */
    public List<HistoryEntry> entries() {
        synchronized (ring) {
            return List.copyOf(ring);
        }
    }

    private void add(HistoryEntry entry) {
        List<HistoryEntry> all;
        synchronized (ring) {
            ring.addLast(entry);
            if (ring.size() > capacity) {
                ring.removeFirst();
            }
            all = new ArrayList<>(ring);
        }
        writer.execute(() -> file.append(entry, all));
    }
}
