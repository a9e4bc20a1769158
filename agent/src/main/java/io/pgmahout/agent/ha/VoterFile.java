package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;

/**
 * What a member must remember of its votes across restarts: fsynced before anyone is told.
 *
 * @param promised the greatest term promised against
 * @param greatestLeaseMs the greatest G acknowledged that has not lapsed: an agent that has just started behaves
 *     as if it had acknowledged it now
 */
public record VoterFile(VoterId voter, Term promised, long greatestLeaseMs) {}
