package io.pgmahout.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one object that all members agree on, changed only by compare-and-set (design, section 3).
 *
 * @param systemIdentifier PostgreSQL's, as a decimal number; null until the first bootstrap has ended
 * @param renewal counts the holder's writes, so that everyone sees that it lives; stores that show a time
 *     (a Lease's renewTime) derive it from their own clock
 * @param leaseDurationMs how long the store lease lasts from the sending of a write, 1,000 or more
 * @param voters the voting members; a majority is of these
 * @param history the ancestry of the current branch, oldest first, the current one last
 * @param paused whether automatic failover, start and rebuild are suspended; never suspends a permit
 * @param writeId names the write that made this version
 */
public record ClusterRecord(
        String cluster,
        @Nullable String systemIdentifier,
        Term term,
        Holder holder,
        long renewal,
        long leaseDurationMs,
        TakeoverRule takeover,
        List<Voter> voters,
        List<Branch> history,
        boolean paused,
        @Nullable SwitchoverRequest switchover,
        WriteId writeId) {

    /** A cluster larger than this is refused: acknowledgements are counted in every heartbeat. */
    public static final int MAX_VOTERS = 128;

    /** Older branches are forgotten: whoever is still on one is cloned again. */
    public static final int MAX_HISTORY = 256;

    public ClusterRecord {
        if (leaseDurationMs < 1_000) {
            throw new IllegalArgumentException("leaseDurationMs is at least 1000: " + leaseDurationMs);
        }
        if (voters.size() > MAX_VOTERS) {
            throw new IllegalArgumentException("at most " + MAX_VOTERS + " voters: " + voters.size());
        }
        voters = List.copyOf(voters);
        history = List.copyOf(
                history.size() > MAX_HISTORY ? history.subList(history.size() - MAX_HISTORY, history.size()) : history);
    }

    /** The smallest number of voters that any other such number shares a voter with. */
    public int majority() {
        return voters.size() / 2 + 1;
    }

    /** How many promises a takeover by quorum needs: one more than the voters a majority leaves out. */
    public int promisesNeeded() {
        return voters.size() - majority() + 1;
    }

    /** Both must fit: a state directory that was copied with its machine bears an id that is another member's. */
    public boolean lists(VoterId id, MemberName member) {
        for (Voter voter : voters) {
            if (voter.id().equals(id) && voter.member().equals(member)) {
                return true;
            }
        }
        return false;
    }

    public boolean lists(MemberName member) {
        return voters.stream().anyMatch(voter -> voter.member().equals(member));
    }

    /** The branch that is being written or, before the first one, null. */
    public @Nullable Branch currentBranch() {
        return history.isEmpty() ? null : history.getLast();
    }

    /** Whether a candidate that watches for a dead holder sees any life between the two. */
    public boolean sameLife(ClusterRecord other) {
        return term.equals(other.term) && holder.equals(other.holder) && renewal == other.renewal;
    }

    /** A copy to change; {@link Draft#as} names the write. */
    public Draft draft() {
        return new Draft(this);
    }

    /** The next version of a record in the making. Not shared between threads. */
    public static final class Draft {
        private final ClusterRecord base;
        private @Nullable String systemIdentifier;
        private Term term;
        private Holder holder;
        private TakeoverRule takeover;
        private List<Voter> voters;
        private List<Branch> history;
        private boolean paused;
        private @Nullable SwitchoverRequest switchover;

        private Draft(ClusterRecord base) {
            this.base = base;
            systemIdentifier = base.systemIdentifier;
            term = base.term;
            holder = base.holder;
            takeover = base.takeover;
            voters = base.voters;
            history = base.history;
            paused = base.paused;
            switchover = base.switchover;
        }

        public Draft systemIdentifier(String value) {
            systemIdentifier = value;
            return this;
        }

        public Draft term(Term value) {
            term = value;
            return this;
        }

        public Draft holder(Holder value) {
            holder = value;
            return this;
        }

        public Draft takeover(TakeoverRule value) {
            takeover = value;
            return this;
        }

        public Draft voters(List<Voter> value) {
            voters = value;
            return this;
        }

        public Draft history(List<Branch> value) {
            history = value;
            return this;
        }

        public Draft paused(boolean value) {
            paused = value;
            return this;
        }

        public Draft switchover(@Nullable SwitchoverRequest value) {
            switchover = value;
            return this;
        }

        /** The finished record, one renewal on. */
        public ClusterRecord as(WriteId writeId) {
            return new ClusterRecord(
                    base.cluster,
                    systemIdentifier,
                    term,
                    holder,
                    base.renewal + 1,
                    base.leaseDurationMs,
                    takeover,
                    voters,
                    history,
                    paused,
                    switchover,
                    writeId);
        }
    }
}
