package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.VoterId;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Promises against one term, those of others and this member's own.
 *
 * @param term what they are against; promises against older terms are forgotten
 * @param given by voter, this member's included once it is on disk
 * @param askedTerm the term another candidate asked to promise against, none when nobody did
 * @param askedMs when
 * @param askingMs when this member last asked the others, −1 for never
 * @param withdrawId of the withdrawal under way, 0 for none
 * @param own this member's, decided but perhaps not on disk yet
 * @param ownTimeline what a promotion would make, as read with the promise
 * @param quorumMs since when there are enough, −1 before
 */
record Promises(
        Term term,
        SortedMap<VoterId, Message.Promise> given,
        Term askedTerm,
        long askedMs,
        long askingMs,
        long withdrawId,
        Message.@Nullable Promise own,
        @Nullable Timeline ownTimeline,
        long quorumMs) {

    static final Promises NONE = new Promises(Term.NONE, new TreeMap<>(), Term.NONE, -1, -1, 0, null, null, -1);

    /** How long another's request is remembered: it asks again while it still wants. */
    static final long REMEMBER_MS = 1_500;

    static final long ASK_EVERY_MS = 200;

    Promises with(Message.Promise promise) {
        if (term.compareTo(promise.term()) > 0) {
            return this;
        }
        SortedMap<VoterId, Message.Promise> all = term.equals(promise.term()) ? new TreeMap<>(given) : new TreeMap<>();
        all.put(promise.voter(), promise);
        return new Promises(
                promise.term(),
                all,
                askedTerm,
                askedMs,
                askingMs,
                withdrawId,
                own,
                ownTimeline,
                term.equals(promise.term()) ? quorumMs : -1);
    }

    Promises asked(Term byOther, long nowMs) {
        return new Promises(term, given, byOther, nowMs, askingMs, withdrawId, own, ownTimeline, quorumMs);
    }

    Promises asking(long nowMs) {
        return new Promises(term, given, askedTerm, askedMs, nowMs, withdrawId, own, ownTimeline, quorumMs);
    }

    Promises withdrawing(long id) {
        return new Promises(term, given, askedTerm, askedMs, askingMs, id, own, ownTimeline, quorumMs);
    }

    Promises decided(Message.Promise promise, @Nullable Timeline timeline) {
        return new Promises(term, given, askedTerm, askedMs, askingMs, 0, promise, timeline, quorumMs);
    }

    Promises quorumSince(long nowMs) {
        return new Promises(term, given, askedTerm, askedMs, askingMs, withdrawId, own, ownTimeline, nowMs);
    }
}
