package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A cluster whose record was lost with every member down is formed again from its data: by whom, and in which term. */
final class Reforming {

    /** A member that has come back tells of its data within this time. */
    private static final long TELL_MS = 5_000;

    private Reforming() {}

    /** No record, or one of a cluster that is not there yet. */
    static boolean unformed(View view) {
        return view.hasRecord() ? !view.identified() : view.state.book().absent();
    }

    /** The data is that of a cluster: its branches were written down. */
    static boolean ofCluster(View view) {
        DataFacts data = view.state.data();
        return data != null
                && data.content() == DataFacts.Content.COMPLETE
                && !data.branches().isEmpty();
    }

    /** Whether it is to be found where the data ends, so that members can be compared, or this one with the cluster. */
    static boolean endUnknown(View view) {
        return (unformed(view) && !view.isHolder() || Ahead.needsEnd(view))
                && !view.terminating()
                && view.serverGone()
                && ofCluster(view)
                && !Objects.requireNonNull(view.state.data()).promotedByHand()
                && end(view) == null;
    }

    private static @Nullable Rest end(View view) {
        Rest rest = view.state.rest();
        return rest != null
                        && rest.settled()
                        && Objects.equals(
                                rest.data(),
                                Objects.requireNonNull(view.state.data()).data())
                ? rest
                : null;
    }

    /** Where the data of the stopped server was found to end; null where it was not. */
    static @Nullable WalPosition foundEnd(View view) {
        Rest rest = view.state.data() == null ? null : end(view);
        return rest == null ? null : rest.end();
    }

    /** How far this member's data reaches; null where it is no cluster's, or where that is not known. */
    static @Nullable Reach reach(View view) {
        DataFacts data = view.state.data();
        if (!unformed(view) || !ofCluster(view) || data == null) {
            return null;
        }
        WalPosition position = view.position();
        if (position == null && view.serverGone()) {
            position = atRest(view, data);
        }
        return position == null ? null : new Reach(position, !data.standbyFiles());
    }

    private static @Nullable WalPosition atRest(View view, DataFacts data) {
        Rest rest = end(view);
        Timeline timeline = data.timeline();
        if (timeline != null && data.promotedByHand()) {
            return byHand(data, timeline);
        }
        if (rest == null || timeline == null) {
            return null;
        }
        return rest.end() != null ? rest.end() : view.position(timeline, Lsn.ZERO);
    }

    /** It goes further than the branch that it left, which has the last term that is known of it. */
    private static WalPosition byHand(DataFacts data, Timeline timeline) {
        Branch left = Objects.requireNonNull(data.newestNoted(timeline));
        return new WalPosition(left.term(), timeline, data.cleanEnd() == null ? Lsn.ZERO : data.cleanEnd());
    }

    /** Whether a cluster may be formed here from what lies in the data directory. */
    static boolean usable(View view) {
        DataFacts data = view.state.data();
        if (data == null || data.content() != DataFacts.Content.COMPLETE) {
            return false;
        }
        return ofCluster(view) ? reach(view) != null && !heldBackByTag(view) : !data.standbyFiles();
    }

    /** A tagged member leads where its directory is the primary's, or where it began to form the cluster already. */
    private static boolean heldBackByTag(View view) {
        return view.self().nofailover()
                && Objects.requireNonNull(view.state.data()).standbyFiles()
                && !(view.hasRecord()
                        && view.record().holder() instanceof Holder.Held held
                        && held.member().equals(view.self().name()));
    }

    /** Whether this member would form the cluster, having the newest data that is here, were it not tagged. */
    static boolean onlyTagged(View view) {
        return unformed(view)
                && reach(view) != null
                && heldBackByTag(view)
                && view.state.peers().values().stream().noneMatch(peer -> reachesFurther(view, peer));
    }

    /** Whether this member makes clusters, or has the data of one that is there already. */
    static boolean mayForm(View view) {
        return view.mayForm() || ofCluster(view);
    }

    /**
     * Whether another member that is here has more of the same data, or all there is: it forms the cluster. Nobody waits
     * for ever: it may be unable to.
     */
    static boolean leftToAnother(View view, long sinceMs) {
        long waitMs = waitMs(view);
        boolean untold = ofCluster(view) && view.state.peers().values().stream().anyMatch(peer -> mayTell(view, peer));
        boolean more = view.state.peers().values().stream().anyMatch(peer -> reachesFurther(view, peer));
        return more && view.before(sinceMs + 3 * waitMs) || untold && view.before(sinceMs + waitMs + TELL_MS);
    }

    /** By then every permit of a holder that is not known has ended, and members that can come have come. */
    static long waitMs(View view) {
        Tuning tuning = view.tuning();
        return Math.max(tuning.coldStartWaitMs(), tuning.stretched(tuning.leaseDurationMs()));
    }

    /** Whether another member that is here has data of the same cluster. */
    static boolean othersReach(View view) {
        return view.state.peers().values().stream()
                .anyMatch(peer -> peer.connected()
                        && peer.currentReport() != null
                        && peer.currentReport().reach() != null
                        && ofSame(view, peer.currentReport()));
    }

    private static boolean reachesFurther(View view, PeerState peer) {
        MemberReport report = peer.currentReport();
        if (!peer.connected() || report == null || !ofSame(view, report) || gaveUp(view, peer)) {
            return false;
        }
        Reach theirs = report.reach();
        if (theirs == null || report.nofailover() && !theirs.primary()) {
            return false;
        }
        Reach mine = reach(view);
        return mine == null || theirs.goesBefore(mine);
    }

    /** Who has no data has less than anybody; data of another cluster is refused, by whoever comes second. */
    private static boolean ofSame(View view, MemberReport report) {
        String mine = view.systemIdentifier().orElse(null);
        return report.systemIdentifier() != null
                && (view.noData() || report.systemIdentifier().equals(mine));
    }

    /** Its data is no older or newer than this: it is another cluster's. */
    static boolean ofAnotherSystem(View view, PeerState peer) {
        MemberReport report = peer.currentReport();
        return report != null && report.systemIdentifier() != null && !ofSame(view, report);
    }

    /** A data directory that its member has not looked at yet, or not to its end. */
    private static boolean mayTell(View view, PeerState peer) {
        MemberReport report = peer.currentReport();
        return peer.connected()
                && !settled(peer)
                && !gaveUp(view, peer)
                && (report == null || report.systemIdentifier() == null || ofSame(view, report));
    }

    /** It tried to form the cluster, and could not. */
    private static boolean gaveUp(View view, PeerState peer) {
        return view.hasRecord()
                && view.record().holder() instanceof Holder.Released
                && view.record().lists(peer.peer().voter(), peer.peer().name());
    }

    private static boolean settled(PeerState peer) {
        MemberReport report = peer.currentReport();
        return report != null
                && (report.reach() != null
                        || switch (report.server()) {
                            case EMPTY, MISSING, TORN, REBUILDING -> true;
                            case STOPPED, STARTING, RUNNING, STOPPING, FROZEN -> false;
                        });
    }

    /** The members that are known of and have not told how far their data reaches, when the cluster is formed again. */
    static List<MemberName> unseen(View view) {
        List<MemberName> unseen = new ArrayList<>();
        for (PeerState peer : view.state.peers().values()) {
            MemberReport report = peer.currentReport();
            boolean missing = report != null && report.server() == MemberReport.ServerState.MISSING;
            if (!peer.connected() || !settled(peer) || missing) {
                unseen.add(peer.peer().name());
            }
        }
        return unseen;
    }
}
