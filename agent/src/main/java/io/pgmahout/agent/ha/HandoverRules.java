package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.write;

import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether this member keeps the term that the record gives it: it gives it back, takes it up again under a new agent,
 * hands it over or releases it. Rules 218 to 222.
 */
final class HandoverRules {

    static final List<Rule> RULES = List.of(
            write(
                    218,
                    "release-strange-branch",
                    "This member took the term with a server on a branch that the record does not have: it gives the"
                            + " term back.",
                    view -> view.leads()
                            && view.identified()
                            && view.recovering()
                            && view.doingNothing()
                            && strange(view),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Released(view.state.lease().primaryPosition())),
                    "release"),
            write(
                    219,
                    "release-other-branch",
                    "The promotion made another timeline than the record says: the server is down, the term is released.",
                    view -> view.leads()
                            && view.serverGone()
                            && view.doingNothing()
                            && Promotion.madeAnotherBranch(view),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Released(view.state.lastPosition()))
                            .switchover(null),
                    "release"),
            write(
                    220,
                    "resume",
                    "The record gives the term to this member: its agent writes it before it counts, without counting on"
                            + " acknowledgements that an earlier agent got.",
                    view -> view.isHolder() && !view.leads(),
                    view -> view.record().draft().takeover(TakeoverRule.TTL),
                    "resume"),
            write(
                    221,
                    "hand-over",
                    "The server ended, and another member has all of its WAL: it is named as successor.",
                    view -> view.leads()
                            && Handover.ended(view)
                            && Handover.successor(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Named(Handover.successor(view).orElseThrow(), endOf(view)))
                            .switchover(null),
                    "hand-over"),
            write(
                    222,
                    "release",
                    "The server was stopped with the gate, or is given up, and nobody was fit: the term is released.",
                    view -> view.leads()
                            && (view.terminating() && Handover.ended(view) && !Handover.waits(view)
                                    || Handover.nobodyIsFit(view)),
                    view -> view.record()
                            .draft()
                            .holder(new Holder.Released(endOf(view)))
                            .switchover(null),
                    "release"));

    private HandoverRules() {}

    private static @Nullable WalPosition endOf(View view) {
        return Handover.end(view, Objects.requireNonNull(view.state.ending()));
    }

    /** The server knows where its WAL ends, on a timeline whose term is not written down or not in the history. */
    private static boolean strange(View view) {
        ServerFacts server = view.state.server();
        if (server == null || server.flushed() == null) {
            return false;
        }
        WalPosition position = view.position();
        return position == null || !Fitness.comparable(view, position);
    }
}
