package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Voter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a member writes to make itself the holder. */
final class Claim {

    private Claim() {}

    static Holder holder(View view) {
        return new Holder.Held(
                view.self().name(),
                Objects.requireNonNull(view.state.gate()).incarnation(),
                view.state.data() == null ? null : view.state.data().data());
    }

    /** Term t+1 for this member, on a branch that leaves the one it is on. */
    static ClusterRecord.Draft nextTerm(View view, TakeoverRule rule) {
        List<Branch> history = new ArrayList<>(view.record().history());
        var position = Objects.requireNonNull(view.position());
        int mine = Lineage.indexOf(history, position.term(), position.timeline());
        List<Branch> ancestry = new ArrayList<>(history.subList(0, mine + 1));
        Term next = view.term().next();
        ancestry.add(new Branch(
                next,
                Objects.requireNonNull(
                        Objects.requireNonNull(view.state.server()).nextTimeline()),
                null));
        List<Voter> voters = view.isListed()
                ? view.record().voters()
                : Voters.with(
                        view, new Voter(view.state.voter().voter(), view.self().name()));
        return view.record()
                .draft()
                .term(next)
                .holder(holder(view))
                .takeover(rule)
                .voters(voters)
                .history(ancestry)
                .switchover(null);
    }
}
