package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The end of the holder's server, until the term is handed over or the server started again.
 *
 * @param launch of the server that ended
 * @param foundMs when the search for the end of its WAL was over, −1 before
 * @param end where its WAL ended, null while unknown or when it could not be found
 * @param askedMs when the others were last asked what they hold
 * @param passing to whom the last of its WAL is being given, null while to nobody
 * @param tried those who did not take it
 */
record Ending(
        long launch,
        long sinceMs,
        long foundMs,
        @Nullable WalPosition end,
        long askedMs,
        @Nullable Passing passing,
        List<MemberName> tried) {

    /** Of the server that is gone now. */
    static Ending of(Turn turn) {
        return new Ending(Objects.requireNonNull(turn.gate).launch(), turn.nowMs, -1, null, -1, null, List.of());
    }

    Ending found(@Nullable WalPosition position, long nowMs) {
        return new Ending(launch, sinceMs, nowMs, position, askedMs, null, tried);
    }

    Ending asked(long nowMs) {
        return new Ending(launch, sinceMs, foundMs, end, nowMs, passing, tried);
    }

    Ending passing(Passing now) {
        return new Ending(launch, sinceMs, foundMs, end, askedMs, now, tried);
    }

    /** It came to nothing: another member may be tried. */
    Ending passedInVain() {
        Passing former = Objects.requireNonNull(passing);
        return new Ending(
                launch,
                sinceMs,
                foundMs,
                end,
                askedMs,
                null,
                Stream.concat(tried.stream(), Stream.of(former.to())).toList());
    }

    boolean passesTo(MemberName member) {
        return passing != null && passing.to().equals(member);
    }
}
