package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.WalPosition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of the holder's server, until the term is handed over or the server started again.
 *
 * @param launch of the server that ended
 * @param foundMs when the search for the end of its WAL was over, −1 before
 * @param end where its WAL ended, null while unknown or when it could not be found
 * @param askedMs when the others were last asked what they hold
 */
record Ending(
        long launch, long sinceMs, long foundMs, @Nullable WalPosition end, long askedMs) {

    /** Of the server that is gone now. */
    static Ending of(Turn turn) {
        return new Ending(Objects.requireNonNull(turn.gate).launch(), turn.nowMs, -1, null, -1);
    }

    Ending found(@Nullable WalPosition position, long nowMs) {
        return new Ending(launch, sinceMs, nowMs, position, askedMs);
    }

    Ending asked(long nowMs) {
        return new Ending(launch, sinceMs, foundMs, end, nowMs);
    }
}
