package io.pgmahout.agent.cluster;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place that all members agree through. Calls block at most for the deadline given, never throw for
 * what a network or a server does, and may be made from any thread. Nothing outside an adapter knows which
 * store it is.
 */
public interface ClusterStore extends AutoCloseable {

    /** Reads the record: linearizable, never from a cache. */
    ReadOutcome read(Duration deadline);

    /**
     * Writes {@code record} if the stored version still is {@code base}, or if nothing is stored and {@code base}
     * is null. Never retried inside once it may have reached the store: an answer that did not come is {@link
     * WriteOutcome.Unknown}. Fields of the stored record that this agent does not know are kept.
     *
     * @throws IllegalArgumentException if {@code record} is of another cluster than this store
     */
    WriteOutcome compareAndSet(@Nullable Version base, ClusterRecord record, Duration deadline);

    /**
     * Tells {@code seen} of every version of the record that comes to be known until the store is closed, in order
     * of versions, some left out; and {@code lost} once when the watch breaks, with the reason, and once with an empty
     * text when it is whole again. A watch speeds things up, nothing depends on it. Called on a thread of the store;
     * both must return at once.
     */
    void watch(Consumer<Stored> seen, Consumer<String> lost);

    @Override
    void close();

    /** What a read found. */
    sealed interface ReadOutcome {
        record Found(Stored stored) implements ReadOutcome {}

        record Absent() implements ReadOutcome {}

        /** The store answered that it will not: not authorised, not a record, another cluster's. */
        record Refused(String reason) implements ReadOutcome {}

        /** No answer, or one that says nothing. */
        record Unavailable(String reason) implements ReadOutcome {}
    }

    /** What became of a write. */
    sealed interface WriteOutcome {
        record Applied(Version version) implements WriteOutcome {}

        /** Another version is stored; this write was not and will not be applied. */
        record Conflict() implements WriteOutcome {}

        /**
         * The store will not (not authorised, malformed), or it certainly never got to see the write: the reason then
         * begins with "not sent". Not applied, and will not be.
         */
        record Refused(String reason) implements WriteOutcome {}

        /** It may have been applied, may be later, or never. */
        record Unknown(String reason) implements WriteOutcome {}
    }
}
