package io.pgmahout.agent.observe;

import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Turns a failure that repeats into two events: its start and its end with how often and how long. One subject is
 * one thing that can fail, whatever the reason of the moment. Any thread.
 */
public final class Outages {

    /** More things than this never fail at once; beyond it each failure is logged. */
    private static final int MAX_SUBJECTS = 1_000;

    private final Consumer<Notice> log;
    private final LongSupplier nanoTime;
    private final Map<Subject, Outage> outages = new HashMap<>();

    private record Subject(EventCode code, String name) {}

    private record Outage(long sinceNanos, long failures) {}

    /** {@code nanoTime} is monotonic. */
    public Outages(Consumer<Notice> log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /** {@code subject} failed, again perhaps: logged as {@code code} the first time. */
    public void failed(EventCode code, String subject, Map<String, String> fields) {
        boolean first;
        synchronized (outages) {
            Subject key = new Subject(code, subject);
            Outage before = outages.get(key);
            first = before == null;
            if (before != null) {
                outages.put(key, new Outage(before.sinceNanos(), before.failures() + 1));
            } else if (outages.size() < MAX_SUBJECTS) {
                outages.put(key, new Outage(nanoTime.getAsLong(), 1));
            }
        }
        if (first) {
            log.accept(new Notice(code, fields));
        }
    }

    /** {@code subject} works: logged as {@link EventCode#FAILURE_ENDED} if it had failed before, else nothing. */
    public void works(EventCode code, String subject) {
        works(code, subject, EventCode.FAILURE_ENDED);
    }

    /** As {@link #works(EventCode, String)}, with an event of its own for the end. */
    public void works(EventCode code, String subject, EventCode end) {
        Outage over;
        synchronized (outages) {
            over = outages.remove(new Subject(code, subject));
        }
        if (over != null) {
            long awayMs = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - over.sinceNanos());
            Map<String, String> fields = new TreeMap<>(Map.of(
                    EventCode.Field.FAILED.key(), code.name(),
                    EventCode.Field.SUBJECT.key(), subject,
                    EventCode.Field.FAILURES.key(), Long.toString(over.failures()),
                    EventCode.Field.AWAY_MS.key(), Long.toString(awayMs)));
            Set<String> told = end.fields().stream().map(EventCode.Field::key).collect(Collectors.toSet());
            fields.keySet().retainAll(told);
            log.accept(new Notice(end, fields));
        }
    }
}
