package io.pgmahout.agent.kubernetes;

import io.pgmahout.agent.calls.Backoff;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesReply.Busy;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import java.time.Duration;
import java.util.function.Function;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * What changes, as watches of the API server tell it one after the other: each begins after the last version seen, known
 * from events and bookmarks. One that breaks is opened again at once, then more and more slowly, and not before the
 * server wants to be asked. Belongs to one thread, which is unparked when there may be something to take.
 */
public final class KubernetesFeed {

    /** After this the server ends a watch by itself, so that watches spread anew over several servers. */
    public static final Duration WATCH_LENGTH = Duration.ofMinutes(5);

    private static final Duration STREAM_LIMIT = WATCH_LENGTH.plusSeconds(30);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(2);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

    /** A watch that lasted so long has not failed, even if nothing has come through it. */
    private static final Duration STEADY = Duration.ofSeconds(1);

    private final KubernetesHttp http;
    private final Function<@Nullable Long, Request> watch;
    private final Function<Denied, String> refusal;
    private final Thread reader;
    private final Backoff backoff = new Backoff(MAX_BACKOFF);

    private @Nullable KubernetesStream stream;
    private Runnable endStream = () -> {};
    private boolean following;
    private Deadline openBy = Deadline.after(Duration.ZERO);
    private Deadline retryAt = Deadline.after(Duration.ZERO);
    private Deadline steadyAt = Deadline.after(Duration.ZERO);
    private @Nullable Long after;
    private String trouble = "";

    /** What a watch told. */
    public sealed interface News {

        /** The object was made or changed, or is there. */
        record Changed(JsonFields object, long revision) implements News {}

        /** The object is gone, or is none any more of those that are watched. */
        record Removed(JsonFields object, long revision) implements News {}

        /** Nothing has changed up to here. */
        record Bookmark(long revision) implements News {}

        /** The watch ended and will be opened anew. */
        record Ended() implements News {}

        /** The watch ended, and what came after the last version seen is forgotten: all is to be read anew. */
        record Forgotten() implements News {}
    }

    /**
     * @param watch the request for all changes after a resourceVersion; for null, for the present state first
     * @param refusal a sentence on why a watch was denied
     * @param reader the only thread that calls this
     */
    public KubernetesFeed(
            KubernetesHttp http,
            Function<@Nullable Long, Request> watch,
            Function<Denied, String> refusal,
            Thread reader) {
        this.http = http;
        this.watch = watch;
        this.refusal = refusal;
        this.reader = reader;
    }

    /** What was told next, or null for nothing as yet. */
    public @Nullable News next() {
        if (stream == null && retryAt.passed()) {
            open();
        }
        KubernetesStream current = stream;
        if (current == null) {
            return null;
        }
        if (!following && current.begun()) {
            following = true;
            steadyAt = Deadline.after(STEADY);
        }
        if (following && steadyAt.passed()) {
            backoff.reset();
        }
        String line = current.take();
        if (line != null) {
            return heard(line);
        }
        if (current.ended() != null) {
            return broken(String.valueOf(current.ended()), current.refusal());
        }
        return !following && openBy.passed() ? broken("the API server does not begin the watch", null) : null;
    }

    /** What is known by other means up to this version is not to be told. */
    public void reached(long revision) {
        Long last = after;
        after = last == null ? revision : Math.max(last, revision);
    }

    /** Opens the watch anew: it has missed something. */
    public void restart() {
        close();
    }

    /** Ends the watch. */
    public void close() {
        endStream.run();
        endStream = () -> {};
        stream = null;
        following = false;
    }

    /** Whether the server has begun to answer, and has not ended. */
    public boolean follows() {
        return following;
    }

    /** What is wrong; null for nothing. A watch that ended and began again at once is no trouble. */
    public @Nullable String trouble() {
        return backoff.failures() > 1 ? trouble : null;
    }

    /** When {@link #next} has something to do by itself, at the latest. */
    public long untilNextNanos() {
        if (stream == null) {
            return retryAt.leftNanos();
        }
        if (!following) {
            return openBy.leftNanos();
        }
        return backoff.failures() == 0 ? Long.MAX_VALUE : steadyAt.leftNanos();
    }

    private void open() {
        KubernetesStream opened = new KubernetesStream(reader);
        openBy = Deadline.after(OPEN_LIMIT);
        following = false;
        stream = opened;
        Runnable cancel = http.stream(watch.apply(after), opened, STREAM_LIMIT);
        endStream = () -> {
            opened.end("not followed any more");
            cancel.run();
        };
    }

    private News heard(String line) {
        try {
            JsonFields event = JsonFields.parse("an event of the watch", line);
            JsonFields object = event.fields("object");
            return switch (event.text("type")) {
                case "ERROR" -> failed(object);
                case "ADDED", "MODIFIED" -> {
                    backoff.reset();
                    yield new News.Changed(object, reachedBy(object));
                }
                case "DELETED" -> new News.Removed(object, reachedBy(object));
                default -> new News.Bookmark(reachedBy(object));
            };
        } catch (UnreadableException e) {
            return broken(e.reason(), null);
        }
    }

    private long reachedBy(JsonFields object) throws UnreadableException {
        long revision = KubernetesAccess.revision(object);
        reached(revision);
        return revision;
    }

    private News failed(JsonFields status) throws UnreadableException {
        KubernetesReply reply =
                KubernetesReply.failed(status.has("code") ? Math.toIntExact(status.whole("code")) : 500, status);
        return broken(reply.problem(), reply);
    }

    private News broken(String reason, @Nullable KubernetesReply reply) {
        close();
        Duration pause = backoff.failed();
        News news = new News.Ended();
        trouble = reason;
        if (reply instanceof Busy busy && busy.pause().compareTo(pause) > 0) {
            pause = busy.pause();
        } else if (reply instanceof Denied denied) {
            trouble = refusal.apply(denied);
            if (denied.status() == KubernetesReply.GONE) {
                after = null;
                news = new News.Forgotten();
            }
        }
        retryAt = Deadline.after(pause);
        return news;
    }
}
