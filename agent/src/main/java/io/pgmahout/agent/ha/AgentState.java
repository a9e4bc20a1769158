package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a core knows. Immutable; made by {@link Core}, changed only through a {@link Turn}.
 *
 * @param counter numbers effects and writes of this agent's life
 * @param voter what this member has decided to remember, perhaps ahead of the disk
 * @param persisted what is known to be on disk
 * @param data of the data directory, null before it was looked at
 * @param lookedMs when that was told, 0 before the first
 * @param refusedMs since when what was told is that it may not be used or is missing, −1 while neither
 * @param server the last probe of the server that runs now, null when none answered
 * @param probedMs when that was asked for, −1 before the first
 * @param doing the action under way
 * @param ending how this holder's server ended, while it is not decided what follows
 * @param offer of the holder's last WAL, the latest; it may not stand any more
 * @param lastPosition the last that this member's server told, also after its end
 * @param rest where the data ends while no server runs and no cluster is formed, null before that was looked for
 * @param furnished whether the first start's duties are done, in this agent's life
 * @param failures actions that failed in a row
 * @param asked commands that are not answered yet
 */
public record AgentState(
        Self self,
        Tuning tuning,
        long startedMs,
        long counter,
        VoterFile voter,
        VoterFile persisted,
        RecordBook book,
        Writes writes,
        PermitGiven permit,
        @Nullable GateFacts gate,
        @Nullable DataFacts data,
        long lookedMs,
        long refusedMs,
        @Nullable ServerFacts server,
        long probedMs,
        @Nullable Doing doing,
        @Nullable Ending ending,
        @Nullable Offer offer,
        @Nullable WalPosition lastPosition,
        @Nullable Rest rest,
        boolean furnished,
        Failures failures,
        MemberLease lease,
        Pulse pulse,
        SecondLook look,
        Promises promises,
        SortedMap<MemberName, PeerState> peers,
        List<Asked> asked,
        Told told,
        List<Verdict> verdicts,
        long wakeUpMs) {}
