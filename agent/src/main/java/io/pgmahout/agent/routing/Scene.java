package io.pgmahout.agent.routing;

import io.pgmahout.agent.model.Term;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the objects that lead clients. It counts what it learns: each answer has a number, and what was
 * learnt before a request was sent has a smaller one than its answer. Watches may tell late, answers do not. Immutable.
 *
 * @param now the number of what was learnt last
 * @param pods of the cluster, by name; null when not known
 * @param listedAt the number of the last answer with all of them
 * @param ownPodMissing whether there is no pod of this member's, not even one without labels
 * @param service null when not known
 * @param serviceMissing whether there is none
 * @param newest the newest term of the record when it was last asked for, null before
 * @param askedAt the number of that answer
 */
record Scene(
        long now,
        @Nullable Map<String, SeenPod> pods,
        long listedAt,
        boolean ownPodMissing,
        @Nullable SeenService service,
        boolean serviceMissing,
        @Nullable Term newest,
        long askedAt) {

    static final Scene UNKNOWN = new Scene(0, null, 0, false, null, false, null, 0);

    Scene {
        pods = pods == null ? null : Map.copyOf(pods);
    }

    /** The pod of that name, or null when it is not among those that are known. */
    @Nullable
    SeenPod pod(String name) {
        return pods == null ? null : pods.get(name);
    }

    /** All pods of the cluster, from an answer; one whose version was known stays as it was seen first. */
    Scene listed(List<SeenPod> all) {
        Map<String, SeenPod> next = new HashMap<>();
        for (SeenPod pod : all) {
            next.put(pod.name(), newer(pod));
        }
        return new Scene(now + 1, next, now + 1, false, service, serviceMissing, newest, askedAt);
    }

    /** One pod, from an answer or a watch; an older version than is known is no news. */
    Scene pod(SeenPod seen) {
        if (pods == null) {
            return this;
        }
        Map<String, SeenPod> next = new HashMap<>(pods);
        next.put(seen.name(), newer(seen));
        return new Scene(now + 1, next, listedAt, ownPodMissing, service, serviceMissing, newest, askedAt);
    }

    private SeenPod newer(SeenPod seen) {
        SeenPod known = pods == null ? null : pods.get(seen.name());
        return known != null && known.version() >= seen.version() ? known : seen.at(now + 1);
    }

    /** A pod went, or has the cluster's label no more. */
    Scene podGone(String name, long version) {
        SeenPod known = pods == null ? null : pods.get(name);
        if (pods == null || known == null || known.version() > version) {
            return this;
        }
        Map<String, SeenPod> next = new HashMap<>(pods);
        next.remove(name);
        return new Scene(now + 1, next, listedAt, false, service, serviceMissing, newest, askedAt);
    }

    /** There is no pod of this member's. */
    Scene noOwnPod() {
        return new Scene(now + 1, pods, listedAt, true, service, serviceMissing, newest, askedAt);
    }

    /** What was known of pods may not be so. */
    Scene podsUnknown() {
        return new Scene(now + 1, null, 0, false, service, serviceMissing, newest, askedAt);
    }

    /** The Service, from an answer ({@code confirmed}) or a watch. */
    Scene service(SeenService seen, boolean confirmed) {
        SeenService known = service;
        SeenService next;
        if (known == null || known.version() < seen.version()) {
            next = seen.at(now + 1, confirmed ? now + 1 : 0);
        } else {
            next = confirmed ? known.at(known.seenAt(), now + 1) : known;
        }
        return new Scene(now + 1, pods, listedAt, ownPodMissing, next, false, newest, askedAt);
    }

    /** There is no such Service. */
    Scene noService() {
        return new Scene(now + 1, pods, listedAt, ownPodMissing, null, true, newest, askedAt);
    }

    /** What was known of the Service may not be so. */
    Scene serviceUnknown() {
        return new Scene(now + 1, pods, listedAt, ownPodMissing, null, false, newest, askedAt);
    }

    /** The record's term, from an answer of the store. */
    Scene term(Term term) {
        return new Scene(now + 1, pods, listedAt, ownPodMissing, service, serviceMissing, term, now + 1);
    }
}
