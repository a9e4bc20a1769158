package io.pgmahout.agent.cluster;

import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.KubernetesReply.Busy;
import io.pgmahout.agent.cluster.KubernetesReply.Denied;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows the Lease by a watch that begins after the last version seen, its end told by events and by bookmarks. When
 * the watch has said nothing for five seconds the Lease is read: a connection that carries nothing any more looks like
 * one with no news. A holder's renewals come oftener, so a watch that works costs no reads. One daemon thread, until
 * closed.
 */
final class KubernetesWatch implements Runnable {

    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
    private static final Duration STREAM_LIMIT = LeaseApi.WATCH_LENGTH.plusSeconds(30);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

    /** A watch that lasted so long has not failed, even if nothing has come through it. */
    private static final Duration STEADY = Duration.ofSeconds(1);

    private final LeaseJson json;
    private final LeaseApi api;
    private final KubernetesHttp http;
    private final Function<Deadline, ReadOutcome> read;
    private final RawRecords raws;
    private final Witness witness;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("kubernetes-watch").unstarted(this);
    private volatile boolean closed;

    private @Nullable KubernetesStream stream;
    private Runnable endStream = () -> {};
    private boolean following;
    private Deadline openBy = Deadline.after(Duration.ZERO);
    private Deadline retryAt = Deadline.after(Duration.ZERO);
    private Deadline pollAt = Deadline.after(Duration.ZERO);
    private Deadline steadyAt = Deadline.after(Duration.ZERO);
    private int failures;
    private @Nullable Long after;
    private @Nullable String readTrouble;
    private String streamTrouble = "";

    KubernetesWatch(
            LeaseJson json,
            LeaseApi api,
            KubernetesHttp http,
            Function<Deadline, ReadOutcome> read,
            RawRecords raws,
            Witness witness) {
        this.json = json;
        this.api = api;
        this.http = http;
        this.read = read;
        this.raws = raws;
        this.witness = witness;
    }

    void start() {
        thread.start();
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        while (!closed) {
            step();
        }
        endStream.run();
    }

    private void step() {
        if (pollAt.passed()) {
            poll();
        }
        if (stream == null && retryAt.passed()) {
            open();
        }
        KubernetesStream current = stream;
        if (current != null && !following && current.begun()) {
            following = true;
            steadyAt = Deadline.after(STEADY);
        }
        if (following && steadyAt.passed()) {
            failures = 0;
        }
        String line = current == null ? null : current.take();
        if (line != null) {
            pollAt = Deadline.after(POLL);
            heard(line);
        } else if (current != null && current.ended() != null) {
            broken(String.valueOf(current.ended()), current.refusal());
        } else if (current != null && !following && openBy.passed()) {
            broken("the API server does not begin the watch", null);
        } else if (!closed) {
            LockSupport.parkNanos(this, untilNextNanos());
        }
        if (!closed) {
            witness.state(trouble());
        }
    }

    private void poll() {
        pollAt = Deadline.after(POLL);
        readTrouble = switch (read.apply(Deadline.after(CALL_LIMIT))) {
            case ReadOutcome.Found found -> {
                boolean missed = !closed && witness.saw(found.stored()) && following;
                if (missed) {
                    restart();
                }
                reached(found.stored().version().value());
                yield null;
            }
            case ReadOutcome.Absent absent -> null;
            case ReadOutcome.Refused refused -> refused.reason();
            case ReadOutcome.Unavailable unavailable -> unavailable.reason();
        };
    }

    private void open() {
        KubernetesStream opened = new KubernetesStream(thread);
        openBy = Deadline.after(CALL_LIMIT);
        following = false;
        stream = opened;
        Runnable cancel = http.stream(api.watch(after), opened, STREAM_LIMIT);
        endStream = () -> {
            opened.end("not followed any more");
            cancel.run();
        };
    }

    private void heard(String line) {
        try {
            JsonFields event = JsonFields.parse("an event of the watch", line);
            JsonFields object = event.fields("object");
            switch (event.text("type")) {
                case "ERROR" -> failed(object);
                case "ADDED", "MODIFIED" -> changed(object);
                // A bookmark says how far we are; a removal is no version of the record, and the next read shows it.
                default -> reached(LeaseJson.revision(object));
            }
        } catch (UnreadableException e) {
            broken(e.reason(), null);
        }
    }

    private void changed(JsonFields lease) throws UnreadableException {
        reached(LeaseJson.revision(lease));
        failures = 0;
        try {
            LeaseJson.Value value = json.value(lease.object());
            raws.put(value.stored().version(), value.raw());
            readTrouble = null;
            witness.saw(value.stored());
        } catch (UnreadableException e) {
            readTrouble = e.reason();
        }
    }

    private void failed(JsonFields status) throws UnreadableException {
        KubernetesReply reply =
                KubernetesReply.failed(status.has("code") ? Math.toIntExact(status.whole("code")) : 500, status);
        broken(reply.problem(), reply);
    }

    /** Again at once the first time, then more and more slowly, and not before the server wants to be asked. */
    private void broken(String reason, @Nullable KubernetesReply reply) {
        restart();
        Duration backoff = failures == 0 ? Duration.ZERO : capped(failures - 1);
        streamTrouble = reason;
        if (reply instanceof Busy busy && busy.pause().compareTo(backoff) > 0) {
            backoff = busy.pause();
        } else if (reply instanceof Denied denied) {
            streamTrouble = api.refusal("watch", denied);
            if (denied.status() == KubernetesReply.GONE) {
                // What came after the last version seen is forgotten: read anew, and begin from there.
                after = null;
                pollAt = Deadline.after(Duration.ZERO);
            }
        }
        retryAt = Deadline.after(backoff);
        failures++;
    }

    private static Duration capped(int doublings) {
        Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(doublings, 10));
        return backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff;
    }

    private void reached(long revision) {
        Long last = after;
        after = last == null ? revision : Math.max(last, revision);
    }

    private void restart() {
        endStream.run();
        endStream = () -> {};
        stream = null;
        following = false;
    }

    /** A stream that ended and began again at once is no trouble. */
    private @Nullable String trouble() {
        return readTrouble != null ? readTrouble : failures > 1 ? streamTrouble : null;
    }

    private long untilNextNanos() {
        long nanos = pollAt.leftNanos();
        if (stream == null) {
            return Math.min(nanos, retryAt.leftNanos());
        }
        if (!following) {
            return Math.min(nanos, openBy.leftNanos());
        }
        return failures == 0 ? nanos : Math.min(nanos, steadyAt.leftNanos());
    }
}
