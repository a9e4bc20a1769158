package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The record of a story. */
final class StoryStore {
    private @Nullable Stored stored;
    private @Nullable Stored last;

    @Nullable
    Stored stored() {
        return stored;
    }

    ClusterRecord record() {
        return Objects.requireNonNull(stored, "there is no record yet").record();
    }

    /** A write that nobody in the story made. */
    Stored put(ClusterRecord record) {
        Stored next = new Stored(new Version(last == null ? 1 : last.version().value() + 1), record);
        stored = next;
        last = next;
        return next;
    }

    /** Somebody deletes it. */
    void remove() {
        stored = null;
    }

    /** Another store, where there never was a record. */
    void forget() {
        stored = null;
        last = null;
    }

    /** What was deleted, as it was, under a newer version. */
    Stored putBack() {
        return put(Objects.requireNonNull(last, "there was none").record());
    }

    /** The version that {@code write} made, or null where it was made for another. */
    @Nullable
    Stored compareAndSet(Effect.CompareAndSet write) {
        Version present = stored == null ? null : stored.version();
        return Objects.equals(present, write.base()) ? put(write.record()) : null;
    }
}
