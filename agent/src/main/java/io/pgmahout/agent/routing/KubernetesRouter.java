package io.pgmahout.agent.routing;

import io.pgmahout.agent.calls.Backoff;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leads clients in Kubernetes, by the selector of the primary's Service and by labels of pods, and keeps both as they are
 * to be whoever changes them. One daemon thread looks at what is there, asks {@link Plan} for the next move and does it;
 * the newest wish wins, and what does not work is tried again, more and more slowly. Where the API server is away nothing
 * moves.
 */
public final class KubernetesRouter implements Router {

    /** For so long, at most, labels wait for the Service to move first. */
    private static final Duration CALM_AFTER = Duration.ofSeconds(3);

    private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

    /** What only somebody else can change is looked at anew so often, should a watch not tell of it. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    /** Conflicts in a row that are nothing but somebody's being faster. */
    private static final int USUAL_CONFLICTS = 3;

    /** Corrections that are so far apart have nothing to do with each other. */
    private static final Duration SEPARATE = Duration.ofMinutes(1);

    private final RoutingTarget target;
    private final Consumer<Notice> log;
    private final Moves moves;
    private final RoleEvents events;
    private final Trouble trouble;
    private final Thread thread = Thread.ofPlatform().daemon().name("routing").unstarted(this::run);
    private final Lookout lookout;
    private volatile @Nullable Wish wanted;
    private volatile boolean closed;

    private @Nullable Wish wish;
    private @Nullable Wish told;
    private long wishedNanos;
    private boolean settled;
    private Deadline calmAt = Deadline.after(Duration.ZERO);
    private Deadline retryAt = Deadline.after(Duration.ZERO);
    private @Nullable Deadline stuckUntil;
    private final Backoff backoff = new Backoff(MAX_BACKOFF);
    private int conflicts;
    private final Backoff corrections = new Backoff(MAX_BACKOFF);
    private Deadline separateAt = Deadline.after(Duration.ZERO);

    /**
     * @param http closed by whoever opened it
     * @param newestTerm asks the store for the record's term, for so long at most; empty when it does not tell
     * @param log called on a thread of the router
     */
    public KubernetesRouter(
            KubernetesHttp http,
            RoutingTarget target,
            Function<Duration, Optional<Term>> newestTerm,
            Consumer<Notice> log) {
        RoutingApi api = new RoutingApi(http.access(), target);
        this.target = target;
        this.log = log;
        this.moves = new Moves(api, http.calls(), newestTerm);
        this.events = new RoleEvents(http.access(), http.calls(), target, InstantSource.system(), log);
        this.trouble = new Trouble(log);
        this.lookout = new Lookout(api, http, thread);
        thread.start();
    }

    @Override
    public void route(Role role, Term term, boolean promoting) {
        wanted = new Wish(role, term, promoting);
        LockSupport.unpark(thread);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        events.close();
    }

    private void run() {
        while (!closed) {
            step();
        }
        lookout.close();
    }

    private void step() {
        Wish newest = wanted;
        if (newest != null && !newest.equals(wish)) {
            begin(newest);
        }
        if (listen()) {
            return;
        }
        Move move = next();
        long untilNanos = lookout.untilNextNanos();
        if (move instanceof Move.Stuck stuck) {
            untilNanos = Math.min(untilNanos, stuck(stuck.reason()));
        } else if (move instanceof Move.Nothing) {
            settle();
        } else if (retryAt.passed()) {
            attempt(move);
            return;
        } else {
            untilNanos = Math.min(untilNanos, retryAt.leftNanos());
        }
        trouble.tell(lookout.trouble());
        if (!calmAt.passed()) {
            untilNanos = Math.min(untilNanos, calmAt.leftNanos());
        }
        if (!closed && untilNanos > 0) {
            LockSupport.parkNanos(this, untilNanos);
        }
    }

    /** What was asked for goes before looking whether all still is as it was. */
    private Move next() {
        Move move = wish == null ? new Move.Nothing() : Plan.next(target, wish, lookout.scene(), calmAt.passed());
        return move instanceof Move.Nothing ? lookout.due() : move;
    }

    private void begin(Wish next) {
        if (wish == null || wish.role() != next.role()) {
            calmAt = Deadline.after(CALM_AFTER);
        }
        wish = next;
        wishedNanos = System.nanoTime();
        settled = false;
        stuckUntil = null;
        backoff.reset();
        conflicts = 0;
        retryAt = Deadline.after(Duration.ZERO);
    }

    /** Whether a watch told something. */
    private boolean listen() {
        try {
            return lookout.listen();
        } catch (UnreadableException e) {
            trouble.is(e.reason());
            return true;
        }
    }

    /** Nanoseconds until it is looked at anew. */
    private long stuck(String reason) {
        trouble.is(reason);
        Deadline until = stuckUntil;
        if (until == null) {
            until = Deadline.after(LOOK_AGAIN);
            stuckUntil = until;
        } else if (until.passed()) {
            stuckUntil = null;
            lookout.becomes(lookout.scene().podsUnknown().serviceUnknown());
            return 0;
        }
        return until.leftNanos();
    }

    private void settle() {
        trouble.over();
        backoff.reset();
        conflicts = 0;
        stuckUntil = null;
        Wish now = wish;
        SeenPod own = lookout.scene().pod(target.pod());
        if (settled || now == null || now.promoting() || own == null) {
            return;
        }
        String role = switch (now.role()) {
            case PRIMARY -> Labels.PRIMARY;
            case STANDBY -> Labels.REPLICA;
            case NONE -> null;
        };
        if (Objects.equals(role, own.labels().role())) {
            settled = true;
            events.changed(told, now, own.uid());
            told = now;
        }
    }

    private void attempt(Move move) {
        switch (moves.attempt(move, lookout.scene())) {
            case Attempted.Done done -> {
                lookout.becomes(done.scene());
                lookout.looked(move);
                did(move);
            }
            case Attempted.Conflict conflict -> {
                lookout.becomes(conflict.scene());
                conflicts++;
                if (conflicts > USUAL_CONFLICTS) {
                    trouble.is(conflict.reason());
                    retryAt = Deadline.after(backoff.failed());
                }
            }
            case Attempted.Refused refused -> {
                trouble.is(refused.reason());
                retryAt = Deadline.after(backoff.failed());
            }
            case Attempted.Unknown unknown -> {
                lookout.becomes(unknown.scene());
                Duration pause = backoff.failed();
                if (backoff.failures() > 1) {
                    trouble.is(unknown.reason());
                }
                retryAt = Deadline.after(pause.compareTo(unknown.pause()) > 0 ? pause : unknown.pause());
            }
        }
        trouble.tell(lookout.trouble());
    }

    private void did(Move move) {
        switch (move) {
            case Move.Label label ->
                changed("pod " + label.pod().name(), label.pod().labels().changedTo(label.labels()), false);
            case Move.Lead lead ->
                changed(
                        "Service " + target.service(),
                        "selector " + new TreeMap<>(lead.service().selector()) + " → term " + lead.term(),
                        true);
            case Move.Nothing nothing -> {}
            case Move.ListPods list -> {}
            case Move.ReadOwnPod read -> {}
            case Move.ReadService read -> {}
            case Move.AskTerm ask -> {}
            case Move.Stuck stuck -> {}
        }
    }

    private void changed(String object, String change, boolean leads) {
        trouble.over();
        backoff.reset();
        conflicts = 0;
        if (settled) {
            // Whoever changes it again and again is followed more and more slowly.
            if (separateAt.passed()) {
                corrections.reset();
            }
            separateAt = Deadline.after(SEPARATE);
            retryAt = Deadline.after(corrections.failed());
            log.accept(new Notice(
                    EventCode.ROUTING_CORRECTED,
                    Map.of(EventCode.Field.OBJECT.key(), object, EventCode.Field.DETAIL.key(), change)));
        } else if (leads) {
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - wishedNanos);
            log.accept(new Notice(
                    EventCode.ROUTING_MOVED,
                    Map.of(
                            EventCode.Field.OBJECT.key(),
                            object,
                            EventCode.Field.TOOK_MS.key(),
                            Long.toString(tookMs))));
        }
    }
}
