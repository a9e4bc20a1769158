package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What lies in the data directory and beside it, read while no server ran or after an action on it.
 *
 * @param problem why it may not be started; null when it may, or when nothing was ever there
 * @param branches for each timeline this data made or followed, the term of its branch, written down before the
 *     first byte of that branch; a data directory from elsewhere has none
 * @param timeline the current one, from the control file, or the newest the server has told of
 * @param cleanEnd where the WAL ends if the server was shut down cleanly, else null
 * @param standbyFiles whether standby.signal is there
 * @param keptAside whether a content that a clone replaced lies beside this one
 */
public record DataFacts(
        Content content,
        @Nullable String problem,
        @Nullable String systemIdentifier,
        @Nullable DataId data,
        @Nullable Timeline timeline,
        Map<Timeline, Term> branches,
        @Nullable Lsn cleanEnd,
        boolean standbyFiles,
        boolean keptAside) {

    /** What can be done with the directory. */
    public enum Content {
        /** There is nothing, and nothing was ever put there. */
        EMPTY,
        /** There is nothing, or no WAL, although this member's data lay there: a volume that is not mounted, perhaps. */
        MISSING,
        /** A data directory that may be started. */
        COMPLETE,
        /** A clone, rewind or initdb did not end: never started, made again. */
        TORN,
        /** Not ours to touch: wrong owner, version, or something that is no data directory; see problem. */
        FOREIGN
    }

    public DataFacts {
        branches = Map.copyOf(branches);
    }

    /** Whether the same content lies there: what was decided on the one holds for the other. */
    public boolean isSameContent(DataFacts other) {
        return content == other.content
                && Objects.equals(systemIdentifier, other.systemIdentifier)
                && Objects.equals(data, other.data);
    }

    /** The branches that were written down up to {@code at}, oldest first. Where they begin is not known, but of the first. */
    List<Branch> ancestry(Timeline at) {
        List<Timeline> timelines = branches.keySet().stream()
                .filter(noted -> noted.id() <= at.id())
                .sorted(Comparator.comparingInt(Timeline::id))
                .toList();
        return timelines.stream()
                .map(noted -> new Branch(
                        Objects.requireNonNull(branches.get(noted)),
                        noted,
                        noted.equals(timelines.getFirst()) ? Lsn.ZERO : null))
                .toList();
    }

    /** The newest branch that was written down up to {@code at}; null where there is none. */
    @Nullable
    Branch newestNoted(Timeline at) {
        List<Branch> ancestry = ancestry(at);
        return ancestry.isEmpty() ? null : ancestry.getLast();
    }

    /** A managed directory that somebody else promoted: whose the branch is that it is on was not written down. */
    boolean promotedByHand() {
        return timeline != null && !branches.isEmpty() && !branches.containsKey(timeline) && !standbyFiles;
    }

    /** Whether it may be put right from outside, without any doing of this member. */
    boolean mayChange() {
        return content == Content.FOREIGN || content == Content.MISSING;
    }
}
