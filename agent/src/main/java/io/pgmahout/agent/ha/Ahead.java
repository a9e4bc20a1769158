package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Data that goes further than that from which the cluster was formed again: nobody decided to lose it. */
final class Ahead {

    private Ahead() {}

    /** Whether this member's data went on in a term that was not known there, or on a branch that was left. */
    static boolean is(View view) {
        Branch own = newestNoted(view);
        if (own == null) {
            return false;
        }
        Branch next = next(view, own);
        if (next == null || !leftLater(view, own)) {
            return Lineage.indexOf(view.record().history(), own.term(), own.timeline()) < 0 && inGap(view, own.term());
        }
        if (byHand(view, own)) {
            return FormedAgain.isGap(own.term(), next.term());
        }
        if (crashed(view) && Reforming.foundEnd(view) == null) {
            return !Reforming.endUnknown(view) && tellsNoMore(view);
        }
        return FormedAgain.isGap(own.term(), next.term()) && goesPast(view, next);
    }

    /** Whether only the end of the WAL, which a crash left, tells. */
    static boolean needsEnd(View view) {
        Branch own = newestNoted(view);
        return own != null && leftLater(view, own) && !byHand(view, own) && crashed(view);
    }

    /** Whether that cannot be told yet: the holder has not said where its branch begins. */
    static boolean forkUnknown(View view) {
        Branch own = newestNoted(view);
        if (own == null || !leftLater(view, own)) {
            return false;
        }
        Branch next = next(view, own);
        return next != null && next.start() == null;
    }

    /** The newest branch of this member's data whose term is known, where the data is the cluster's and not the holder's. */
    private static @Nullable Branch newestNoted(View view) {
        DataFacts data = view.state.data();
        if (!view.identified()
                || view.isHolder()
                || !Reforming.ofCluster(view)
                || view.foreignSystem()
                || data == null) {
            return null;
        }
        Timeline timeline = timeline(view, data);
        return timeline == null ? null : data.newestNoted(timeline);
    }

    /** A stopped standby's control file may name the timeline before, as long as there is little of the new one. */
    private static @Nullable Timeline timeline(View view, DataFacts data) {
        ServerFacts server = view.state.server();
        WalPosition end = Reforming.foundEnd(view);
        if (server != null) {
            return server.timeline();
        }
        return end == null
                        || data.timeline() != null
                                && data.timeline().id() > end.timeline().id()
                ? data.timeline()
                : end.timeline();
    }

    /** The branch after {@code own} in the cluster's history. */
    private static @Nullable Branch next(View view, Branch own) {
        List<Branch> history = view.record().history();
        int index = Lineage.indexOf(history, own.term(), own.timeline());
        return index >= 0 && index + 1 < history.size() ? history.get(index + 1) : null;
    }

    /** Whether the cluster was formed again on the branch that followed {@code own}, or on a later one. */
    private static boolean leftLater(View view, Branch own) {
        List<Branch> history = view.record().history();
        int index = Lineage.indexOf(history, own.term(), own.timeline());
        for (int i = Math.max(index, 0); index >= 0 && i + 1 < history.size(); i++) {
            if (FormedAgain.isGap(history.get(i).term(), history.get(i + 1).term())) {
                return true;
            }
        }
        return false;
    }

    /** Somebody promoted it by hand when nobody led, and what it wrote since is nobody else's. */
    private static boolean byHand(View view, Branch own) {
        return !own.timeline().equals(timeline(view, Objects.requireNonNull(view.state.data())));
    }

    private static boolean crashed(View view) {
        return view.serverGone() && Objects.requireNonNull(view.state.data()).cleanEnd() == null;
    }

    /** A standby whose end was not found is started alone and asked, as long as it starts. */
    private static boolean tellsNoMore(View view) {
        return !Objects.requireNonNull(view.state.data()).standbyFiles()
                || view.state.failures().unstartable();
    }

    private static boolean goesPast(View view, Branch next) {
        if (!view.serverGone()) {
            return view.lineage() == Lineage.DIVERGED;
        }
        Lsn end = Objects.requireNonNull(view.state.data()).cleanEnd();
        WalPosition found = Reforming.foundEnd(view);
        Lsn last = end == null && found != null ? found.lsn() : end;
        return last != null && next.start() != null && last.compareTo(next.start()) > 0;
    }

    /** Whether the cluster was formed again from older data than that of {@code own}. */
    private static boolean inGap(View view, Term own) {
        Term from = null;
        for (Branch branch : view.record().history()) {
            if (own.compareTo(branch.term()) < 0) {
                // A long history has forgotten its first branches.
                return FormedAgain.isGap(from == null ? own : from, branch.term());
            }
            from = branch.term();
        }
        return own.compareTo(view.term()) > 0
                || from != null && own.compareTo(view.term()) < 0 && FormedAgain.isGap(from, view.term());
    }
}
