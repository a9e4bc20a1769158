package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.WalPosition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the WAL of data ends in which no server runs.
 *
 * @param end null when it could not be found
 * @param tries how often it was looked for
 */
record Rest(@Nullable DataId data, @Nullable WalPosition end, int tries) {

    /** One that is not found then cannot be told. */
    private static final int TRIES = 3;

    static Rest after(@Nullable Rest before, @Nullable DataId data, @Nullable WalPosition end) {
        return new Rest(data, end, before != null && Objects.equals(before.data, data) ? before.tries + 1 : 1);
    }

    /** Whether that is all there is to know. */
    boolean settled() {
        return end != null || tries >= TRIES;
    }
}
