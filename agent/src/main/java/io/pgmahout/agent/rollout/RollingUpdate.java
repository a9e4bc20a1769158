package io.pgmahout.agent.rollout;

import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.kubernetes.KubernetesCalls;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import io.pgmahout.agent.kubernetes.KubernetesReply;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.EventCode.Field;
import io.pgmahout.agent.observe.Outages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Brings the pods of the members to the newest template of their StatefulSet, whose update strategy is OnDelete. The
 * primary's agent does it, one pod after the other: after a hand-over the next one goes on with what is left. One daemon
 * thread; what it knows it reads anew each time, so that an agent that restarts goes on too.
 */
public final class RollingUpdate implements AutoCloseable {

    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

    /** What a switchover may take is bounded by its own time limit. */
    private static final Duration HAND_OVER_LIMIT = Duration.ofHours(2);

    private final RolloutTarget target;
    private final RolloutPace pace;
    private final Member member;
    private final Consumer<Notice> log;
    private final RolloutApi api;
    private final KubernetesCalls reads;
    private final KubernetesCalls evictions;
    private final Outages outages;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("rolling-update").unstarted(this::run);
    private @Nullable Turn turn;
    private Deadline steadyAt = Deadline.after(Duration.ZERO);
    private @Nullable Deadline patience;
    private boolean underWay;

    /**
     * @param http closed by whoever opened it
     * @param log called on a thread of its own
     */
    public RollingUpdate(
            KubernetesHttp http, RolloutTarget target, RolloutPace pace, Member member, Consumer<Notice> log) {
        this.target = target;
        this.pace = pace;
        this.member = member;
        this.log = log;
        this.api = new RolloutApi(http.access(), target);
        this.reads = http.calls();
        this.evictions = http.calls();
        this.outages = new Outages(log, System::nanoTime);
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }

    private void run() {
        try {
            do {
                look();
            } while (!closed.await((underWay ? pace.step() : pace.rest()).toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        if (!member.mayAct()) {
            // The one that leads goes on.
            underWay = false;
            turn = null;
            patience = null;
            outages.works(EventCode.ROLLING_UPDATE_WAITS, target.statefulSet());
            return;
        }
        Turn next;
        try {
            next = next();
        } catch (RefusedException e) {
            waits(e.reason());
            return;
        }
        if (!next.equals(turn)) {
            turn = next;
            steadyAt = Deadline.after(isIdle(next) ? pace.patience() : pace.steady());
        }
        switch (next) {
            case Turn.Rest rest -> rest();
            case Turn.Wait wait -> {
                underWay = true;
                waits(wait.reason());
            }
            case Turn.Replace replace -> {
                underWay = true;
                if (steadyAt.passed()) {
                    replace(replace.pod());
                }
            }
            case Turn.HandOver handOver -> {
                underWay = true;
                if (steadyAt.passed()) {
                    handOver();
                }
            }
        }
    }

    /** It may be about to serve, or be cloned anew for want of its last half minute. */
    private static boolean isIdle(Turn turn) {
        return turn instanceof Turn.Replace replace && !replace.pod().ready();
    }

    private Turn next() throws RefusedException {
        SeenSet set = ask(api.getSet(), RolloutApi::set, api::setRefusal);
        boolean nothingNew = set.observed() && set.updated() >= set.replicas();
        if (!set.onDelete() || nothingNew && !underWay) {
            return new Turn.Rest();
        }
        List<SeenPod> pods = ask(api.listPods(), api::pods, api::podsRefusal);
        return Plan.next(target.pod(), set.with(pods), member.problems());
    }

    private void rest() {
        goesOn();
        if (underWay) {
            log.accept(new Notice(
                    EventCode.ROLLING_UPDATE_ENDED, Map.of(Field.OBJECT.key(), "StatefulSet " + target.statefulSet())));
        }
        underWay = false;
    }

    private void replace(SeenPod pod) {
        KubernetesReply reply = evictions.send(api.evict(pod), Deadline.after(CALL_LIMIT));
        if (!(reply instanceof KubernetesReply.Done)) {
            waits("the pod " + pod.name() + " is not evicted: " + whyNot(pod, reply));
            return;
        }
        goesOn();
        log.accept(new Notice(EventCode.ROLLING_UPDATE_STEP, Map.of(Field.OBJECT.key(), "pod " + pod.name())));
        turn = null;
    }

    private String whyNot(SeenPod pod, KubernetesReply reply) {
        if (reply instanceof KubernetesReply.Denied denied) {
            return api.evictionRefusal(pod, denied);
        }
        return reply instanceof KubernetesReply.Busy
                ? "its PodDisruptionBudget is against it, or the API server is busy"
                : reply.problem();
    }

    private void handOver() throws InterruptedException {
        Optional<String> refusal = member.handOver(HAND_OVER_LIMIT);
        if (refusal.isPresent()) {
            waits("no other member leads: " + refusal.get());
            steadyAt = Deadline.after(pace.again());
        } else {
            goesOn();
        }
    }

    private void goesOn() {
        patience = null;
        outages.works(EventCode.ROLLING_UPDATE_WAITS, target.statefulSet());
    }

    /** Told once, when it has gone on for long: a pod needs some time to end and to come back. */
    private void waits(String reason) {
        Deadline until = patience;
        if (until == null) {
            patience = Deadline.after(pace.patience());
        } else if (until.passed()) {
            outages.failed(EventCode.ROLLING_UPDATE_WAITS, target.statefulSet(), Map.of(Field.DETAIL.key(), reason));
        }
    }

    /** What an answer shows. */
    private interface Shown<T> {
        T in(JsonFields answer) throws UnreadableException;
    }

    private <T> T ask(Request request, Shown<T> shown, Function<KubernetesReply.Denied, String> denial)
            throws RefusedException {
        KubernetesReply reply = reads.send(request, Deadline.after(CALL_LIMIT));
        if (reply instanceof KubernetesReply.Done done) {
            try {
                return shown.in(new JsonFields("the answer of the API server", done.body()));
            } catch (UnreadableException e) {
                throw new RefusedException(e.reason());
            }
        }
        throw new RefusedException(
                reply instanceof KubernetesReply.Denied denied ? denial.apply(denied) : reply.problem());
    }

    /** The API server does not do it, for now. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        RefusedException(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }
}
