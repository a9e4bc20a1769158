package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * This agent's compare-and-sets.
 *
 * @param prepared waits until the gate has confirmed the shorter permit it needs
 * @param inFlight sent and not answered
 * @param unknown sent, and nobody knows: each may still be applied on its base version (design, "Unknown outcomes")
 * @param ownSentMs when the last one that this agent itself brought through was sent, −1 for none: the store lease
 *     counts from it
 */
record Writes(@Nullable Pending prepared, @Nullable Pending inFlight, List<Pending> unknown, long ownSentMs) {

    static final Writes NONE = new Writes(null, null, List.of(), -1);

    /**
     * One write.
     *
     * @param confirmSeq the permit that must be in force before it is sent, 0 for none
     */
    record Pending(
            WriteId id, @Nullable Version base, ClusterRecord record, String purpose, long sentMs, long confirmSeq) {

        Pending sent(long nowMs) {
            return new Pending(id, base, record, purpose, nowMs, confirmSeq);
        }
    }

    Writes prepare(Pending pending) {
        return new Writes(pending, inFlight, unknown, ownSentMs);
    }

    Writes send(Pending pending) {
        return new Writes(null, pending, unknown, ownSentMs);
    }

    /** The write in flight was applied: whatever was unknown was sent on an older version and is settled. */
    Writes applied(long sentMs) {
        return new Writes(prepared, null, List.of(), sentMs);
    }

    Writes refused() {
        return new Writes(prepared, null, unknown, ownSentMs);
    }

    Writes forget(Pending pending) {
        return new Writes(
                prepared,
                null,
                Stream.concat(unknown.stream(), Stream.of(pending)).toList(),
                ownSentMs);
    }

    /** A newer version than their bases was seen: one of them is it, or none will ever be applied. */
    Writes settled(long ownSentMs) {
        return new Writes(prepared, inFlight, List.of(), ownSentMs);
    }

    Writes dropPrepared() {
        return new Writes(null, inFlight, unknown, ownSentMs);
    }

    /** Those whose fate is open: each may be in the store, now or later. */
    Stream<Pending> open() {
        return Stream.concat(
                unknown.stream(),
                Stream.of(Optional.ofNullable(inFlight), Optional.ofNullable(prepared))
                        .flatMap(Optional::stream));
    }

    boolean idle() {
        return prepared == null && inFlight == null;
    }
}
