package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;

/**
 * Who this member is, from its configuration.
 *
 * @param agent names this life of the agent process; write ids begin with it
 * @param address where the others reach its postgres, {@code host:port}
 * @param adminAddress where the others reach its admin port, {@code host:port}
 * @param priority decides between equal positions, greater first
 * @param nofailover never leads
 * @param forms whether it makes a cluster where there is none
 */
public record Self(
        String cluster,
        MemberName name,
        String agent,
        String address,
        String adminAddress,
        int priority,
        boolean nofailover,
        Forms forms) {}
