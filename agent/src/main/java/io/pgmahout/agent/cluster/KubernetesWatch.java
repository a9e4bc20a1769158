package io.pgmahout.agent.cluster;

import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.kubernetes.KubernetesFeed;
import io.pgmahout.agent.kubernetes.KubernetesFeed.News;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows the Lease by watches. When they have said nothing for five seconds the Lease is read: a connection that carries
 * nothing any more looks like one with no news. A holder's renewals come oftener, so a watch that works costs no reads.
 * One daemon thread, until closed.
 */
final class KubernetesWatch implements Runnable {

    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

    private final LeaseJson json;
    private final Function<Deadline, ReadOutcome> read;
    private final RawRecords raws;
    private final Witness witness;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("kubernetes-watch").unstarted(this);
    private final KubernetesFeed feed;
    private volatile boolean closed;

    private Deadline pollAt = Deadline.after(Duration.ZERO);
    private @Nullable String readTrouble;

    KubernetesWatch(
            LeaseJson json,
            LeaseApi api,
            KubernetesHttp http,
            Function<Deadline, ReadOutcome> read,
            RawRecords raws,
            Witness witness) {
        this.json = json;
        this.read = read;
        this.raws = raws;
        this.witness = witness;
        this.feed = new KubernetesFeed(http, api::watch, denied -> api.refusal("watch", denied), thread);
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
        feed.close();
    }

    private void step() {
        if (pollAt.passed()) {
            poll();
        }
        News news = feed.next();
        if (news != null) {
            told(news);
        } else if (!closed) {
            LockSupport.parkNanos(this, Math.min(pollAt.leftNanos(), feed.untilNextNanos()));
        }
        if (!closed) {
            witness.state(readTrouble != null ? readTrouble : feed.trouble());
        }
    }

    private void poll() {
        pollAt = Deadline.after(POLL);
        readTrouble = switch (read.apply(Deadline.after(CALL_LIMIT))) {
            case ReadOutcome.Found found -> {
                boolean missed = !closed && witness.saw(found.stored()) && feed.follows();
                if (missed) {
                    feed.restart();
                }
                feed.reached(found.stored().version().value());
                yield null;
            }
            case ReadOutcome.Absent absent -> null;
            case ReadOutcome.Refused refused -> refused.reason();
            case ReadOutcome.Unavailable unavailable -> unavailable.reason();
        };
    }

    private void told(News news) {
        switch (news) {
            case News.Changed changed -> {
                pollAt = Deadline.after(POLL);
                changed(changed.object());
            }
            // A removal is no version of the record, and the next read shows it.
            case News.Removed removed -> pollAt = Deadline.after(POLL);
            case News.Bookmark bookmark -> pollAt = Deadline.after(POLL);
            case News.Ended ended -> {}
            case News.Forgotten forgotten -> pollAt = Deadline.after(Duration.ZERO);
        }
    }

    private void changed(JsonFields lease) {
        try {
            LeaseJson.Value value = json.value(lease.object());
            raws.put(value.stored().version(), value.raw());
            readTrouble = null;
            witness.saw(value.stored());
        } catch (UnreadableException e) {
            readTrouble = e.reason();
        }
    }
}
