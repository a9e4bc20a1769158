package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import org.jspecify.annotations.Nullable;

/**
 * What a member must remember of its votes across restarts: fsynced before anyone is told.
 *
 * @param promised the greatest term promised against
 * @param greatestLeaseMs the greatest G acknowledged that has not lapsed: an agent that has just started behaves
 *     as if it had acknowledged it now
 * @param system that of the data that lay here when the record last named its cluster, null before
 */
public record VoterFile(
        VoterId voter,
        Term promised,
        long greatestLeaseMs,
        @Nullable String system) {

    public static VoterFile fresh(VoterId voter) {
        return new VoterFile(voter, Term.NONE, 0, null);
    }

    VoterFile promises(Term term) {
        return new VoterFile(voter, term, greatestLeaseMs, system);
    }

    VoterFile owes(long leaseMs) {
        return new VoterFile(voter, promised, leaseMs, system);
    }

    VoterFile knows(String cluster) {
        return new VoterFile(voter, promised, greatestLeaseMs, cluster);
    }
}
