package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Term;
import java.util.Objects;

/** What has become of the branch that the record says this member makes. */
final class Promotion {

    private Promotion() {}

    /** Clients wait for it, and its disk is the one that the store may be on. */
    static boolean underWay(View view) {
        Doing doing = view.state.doing();
        return doing != null && doing.action() instanceof ServerAction.Promote;
    }

    static boolean makesTheBranch(View view) {
        Branch branch = view.branchToMake();
        ServerFacts server = view.state.server();
        return branch != null
                && server != null
                && branch.timeline().equals(server.nextTimeline())
                && branch.start() == null;
    }

    /**
     * The promotion ended before the control file said so: the directory is no standby's any more, and would be
     * started on the timeline before, whose WAL then has two writers.
     */
    static boolean cutOff(View view) {
        Branch branch = view.hasRecord() ? view.branchToMake() : null;
        return branch != null && branch.start() == null && elsewhere(view) && onHistory(view);
    }

    /** The data is on another branch than the record says: nothing was permitted on it, and nothing will be. */
    static boolean madeAnotherBranch(View view) {
        return view.hasRecord() && view.branchToMake() != null && elsewhere(view) && !cutOff(view);
    }

    private static boolean elsewhere(View view) {
        Branch branch = Objects.requireNonNull(view.branchToMake());
        DataFacts data = view.state.data();
        return data != null
                && data.content() == DataFacts.Content.COMPLETE
                && !data.standbyFiles()
                && data.timeline() != null
                && !branch.same(term(data), Objects.requireNonNull(data.timeline()));
    }

    private static boolean onHistory(View view) {
        DataFacts data = Objects.requireNonNull(view.state.data());
        return Lineage.indexOf(view.record().history(), term(data), Objects.requireNonNull(data.timeline())) >= 0;
    }

    /** The term of the branch that the data is on; none when nobody wrote it down. */
    private static Term term(DataFacts data) {
        return data.branches().getOrDefault(Objects.requireNonNull(data.timeline()), Term.NONE);
    }

    /**
     * Whether this primary, on the current branch, can tell where a branch began whose start the record does not
     * have: its own, or one whose holder ended before it could say.
     */
    static boolean startToRecord(View view) {
        ServerFacts server = view.state.server();
        Branch current = view.branchToMake();
        return server != null
                && current != null
                && view.primaryUp()
                && current.timeline().equals(server.timeline())
                && server.branchStart() != null
                && view.record().history().stream()
                        .anyMatch(branch ->
                                branch.start() == null && server.starts().containsKey(branch.timeline()));
    }
}
