package io.pgmahout.agent.model;

import org.jspecify.annotations.Nullable;

/** Who may be primary, as the record says. */
public sealed interface Holder {

    /**
     * A member holds the term.
     *
     * @param data what its data directory was when it took the term; null only during the first bootstrap
     */
    record Held(
            MemberName member,
            Incarnation incarnation,
            @Nullable DataId data) implements Holder {}

    /**
     * The former primary has stopped and names its successor, who may write only after its own compare-and-set.
     *
     * @param end where the former primary's WAL ended; null when that could not be found
     */
    record Named(MemberName successor, @Nullable WalPosition end) implements Holder {}

    /**
     * The former primary has stopped and nobody was fit to be named.
     *
     * @param end where the former primary's WAL ended, or the last position it told; null when neither is known
     */
    record Released(@Nullable WalPosition end) implements Holder {}

    /** Whether {@code member} in this very incarnation holds the term. */
    default boolean isHeldBy(MemberName member, Incarnation incarnation) {
        return this instanceof Held held
                && held.member().equals(member)
                && held.incarnation().equals(incarnation);
    }

    /** The member this record points at as primary or next primary, or null. */
    default @Nullable MemberName memberOrNull() {
        return switch (this) {
            case Held held -> held.member();
            case Named named -> named.successor();
            case Released released -> null;
        };
    }
}
