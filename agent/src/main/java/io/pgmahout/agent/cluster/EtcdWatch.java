package io.pgmahout.agent.cluster;

import io.pgmahout.agent.calls.Backoff;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows the key by a stream that begins after the last revision seen, and reads it every five seconds anyway: a
 * stream whose server is cut off from the others stays open and says nothing. One daemon thread, until closed.
 */
final class EtcdWatch implements Runnable {

    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

    private final EtcdKey key;
    private final EtcdClient client;
    private final Function<Deadline, EtcdStore.Snapshot> read;
    private final RawRecords raws;
    private final Witness witness;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("etcd-watch").unstarted(this);
    private volatile boolean closed;

    private @Nullable EtcdStream stream;
    private Runnable endStream = () -> {};
    private boolean following;
    private Deadline openBy = Deadline.after(Duration.ZERO);
    private Deadline retryAt = Deadline.after(Duration.ZERO);
    private Deadline pollAt = Deadline.after(Duration.ZERO);
    private final Backoff backoff = new Backoff(MAX_BACKOFF);
    private long next;
    private @Nullable String readTrouble;
    private String streamTrouble = "";

    EtcdWatch(
            EtcdKey key,
            EtcdClient client,
            Function<Deadline, EtcdStore.Snapshot> read,
            RawRecords raws,
            Witness witness) {
        this.key = key;
        this.client = client;
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
        if (stream == null && next > 0 && retryAt.passed()) {
            open();
        }
        EtcdStream current = stream;
        String line = current == null ? null : current.take();
        if (line != null) {
            heard(line);
        } else if (current != null && current.ended() != null) {
            broken(String.valueOf(current.ended()));
        } else if (current != null && !following && openBy.passed()) {
            broken("etcd does not begin the watch");
        } else if (!closed) {
            LockSupport.parkNanos(this, untilNextNanos());
        }
        if (!closed) {
            witness.state(trouble());
        }
    }

    private void poll() {
        pollAt = Deadline.after(POLL);
        EtcdStore.Snapshot snapshot = read.apply(Deadline.after(CALL_LIMIT));
        if (snapshot.revision() > 0) {
            next = Math.max(next, snapshot.revision() + 1);
        }
        readTrouble = switch (snapshot.outcome()) {
            case ReadOutcome.Found found -> {
                boolean missed = !closed && witness.saw(found.stored()) && following;
                if (missed) {
                    restart();
                }
                yield null;
            }
            case ReadOutcome.Absent absent -> null;
            case ReadOutcome.Refused refused -> refused.reason();
            case ReadOutcome.Unavailable unavailable -> unavailable.reason();
        };
    }

    private void open() {
        EtcdStream opened = new EtcdStream(thread);
        openBy = Deadline.after(CALL_LIMIT);
        following = false;
        stream = opened;
        endStream = client.stream("/v3/watch", key.watchFrom(next), opened, openBy);
    }

    private void heard(String line) {
        try {
            JsonFields message = JsonFields.parse("a message of the watch", line);
            if (message.has("error") || !message.has("result")) {
                broken(line);
                return;
            }
            JsonFields result = message.fields("result");
            if (result.has("canceled") && result.flag("canceled")) {
                // The revision is compacted, or the token is not known any more: read anew, and begin from there.
                broken(result.has("cancel_reason") ? result.text("cancel_reason") : "etcd has cancelled the watch");
                pollAt = Deadline.after(Duration.ZERO);
                return;
            }
            following = true;
            backoff.reset();
            if (result.has("events")) {
                for (JsonFields event : result.list("events")) {
                    changed(event);
                }
            }
        } catch (UnreadableException e) {
            broken(e.reason());
        }
    }

    private void changed(JsonFields event) throws UnreadableException {
        JsonFields pair = event.fields("kv");
        next = Math.max(next, EtcdKey.revision(pair, "mod_revision") + 1);
        if (event.has("type") && event.text("type").equals("DELETE")) {
            return;
        }
        try {
            EtcdKey.Value value = key.value(pair);
            raws.put(value.stored().version(), value.raw());
            readTrouble = null;
            witness.saw(value.stored());
        } catch (UnreadableException e) {
            readTrouble = e.reason();
        }
    }

    /** Again at once the first time, then more and more slowly; at another endpoint each time. */
    private void broken(String reason) {
        restart();
        client.avoidPreferred();
        streamTrouble = reason;
        retryAt = Deadline.after(backoff.failed());
    }

    private void restart() {
        endStream.run();
        endStream = () -> {};
        stream = null;
        following = false;
    }

    /** A stream that ended and began again at once is no trouble. */
    private @Nullable String trouble() {
        return readTrouble != null ? readTrouble : backoff.failures() > 1 ? streamTrouble : null;
    }

    private long untilNextNanos() {
        long nanos = pollAt.leftNanos();
        if (stream == null) {
            return next > 0 ? Math.min(nanos, retryAt.leftNanos()) : nanos;
        }
        return following ? nanos : Math.min(nanos, openBy.leftNanos());
    }
}
