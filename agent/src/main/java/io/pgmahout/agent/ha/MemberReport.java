package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import org.jspecify.annotations.Nullable;

/**
 * A member as it describes itself to the others and to its operator.
 *
 * @param role what its server is, not what it should be
 * @param position flushed (primary) or received and flushed (standby); null when not known
 * @param replayed as far as it has replayed, null on a primary or when not known
 * @param reach how far its data reaches, told while it knows of no cluster; null when not known
 * @param following the member it streams from, or null
 * @param obstacle why it may not lead, a sentence; null when it may
 * @param permitMs how long its permit still reaches, 0 without one
 * @param rule number and name of the rule that fires for its server now
 */
public record MemberReport(
        MemberName name,
        VoterId voter,
        Incarnation incarnation,
        String address,
        String adminAddress,
        Role role,
        ServerState server,
        @Nullable DataId data,
        @Nullable String systemIdentifier,
        @Nullable WalPosition position,
        @Nullable WalPosition replayed,
        @Nullable Reach reach,
        @Nullable MemberName following,
        boolean streaming,
        int priority,
        boolean nofailover,
        Term termSeen,
        Term promised,
        long permitMs,
        @Nullable String obstacle,
        String rule) {

    /** What a server is to its clients. */
    public enum Role {
        PRIMARY,
        STANDBY,
        NONE
    }

    /** What a member's server does. */
    public enum ServerState {
        /** No data directory yet. */
        EMPTY,
        /** No data directory where this member had one. */
        MISSING,
        /** A data directory that a clone or a rewind left half made. */
        TORN,
        STOPPED,
        STARTING,
        RUNNING,
        STOPPING,
        FROZEN,
        /** A clone or a rewind is under way. */
        REBUILDING
    }
}
