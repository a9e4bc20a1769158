package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member knows of its cluster, for people: made from the state after a step, immutable, safe to hand to any
 * thread.
 *
 * @param record the newest version of the record known here, null before the first read or where there is none
 * @param recordAgeMs since the store last confirmed it, −1 if never
 * @param members the last report of each member, this one's included
 * @param connected the members whose gossip connection is up
 * @param verdicts one for each question
 * @param obstacles for each member that would not be promoted now, the reason
 * @param permitMs how long the permit that this agent last gave reaches, 0 without one
 * @param peerLeaseMs G as it is now
 * @param action what is being done to the server, null for nothing
 */
public record Insight(
        Self self,
        @Nullable Stored record,
        long recordAgeMs,
        Map<MemberName, MemberReport> members,
        Set<MemberName> connected,
        List<Verdict> verdicts,
        Map<MemberName, String> obstacles,
        long permitMs,
        long peerLeaseMs,
        @Nullable ServerAction action) {

    public Insight {
        members = Map.copyOf(members);
        connected = Set.copyOf(connected);
        verdicts = List.copyOf(verdicts);
        obstacles = Map.copyOf(obstacles);
    }
}
