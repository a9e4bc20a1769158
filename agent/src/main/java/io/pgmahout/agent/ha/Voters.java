package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Voter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who should vote and does not, who votes and should not. */
final class Voters {

    private Voters() {}

    /**
     * A voter that acknowledged nothing for so long that it no longer counts; never the last one beside the holder, and
     * none while the server is down: who is dropped cannot be named before it streams again.
     */
    static Optional<Voter> silent(View view) {
        if (view.record().voters().size() <= 2 || view.paused() || !view.primaryUp() || view.state.ending() != null) {
            return Optional.empty();
        }
        for (Voter voter : view.record().voters()) {
            if (!voter.id().equals(view.state.voter().voter()) && !view.before(silentFromMs(view, voter))) {
                return Optional.of(voter);
            }
        }
        return Optional.empty();
    }

    private static long silentFromMs(View view, Voter voter) {
        long heard = Math.max(
                view.state.pulse().sinceMs(),
                view.peer(voter).map(PeerState::ackMs).orElse(View.NEVER));
        return heard + view.tuning().dropAfterMs();
    }

    /** A member that streams from this primary, on its branch, with a living agent, and does not vote. */
    static Optional<Voter> unlisted(View view) {
        if (!view.primaryUp()
                || view.state.ending() != null
                || view.record().voters().size() >= ClusterRecord.MAX_VOTERS) {
            return Optional.empty();
        }
        return view.state.peers().values().stream()
                .filter(PeerState::connected)
                .filter(peer ->
                        !view.record().lists(peer.peer().voter(), peer.peer().name()))
                .filter(peer -> view.nowMs - peer.ackMs() <= view.tuning().peerLeaseMs() && peer.ackMs() >= 0)
                .filter(peer -> peer.currentReport() != null
                        && peer.currentReport().streaming()
                        && view.self().name().equals(peer.currentReport().following()))
                .map(peer -> new Voter(peer.peer().voter(), peer.peer().name()))
                .findFirst();
    }

    static List<Voter> without(View view, Voter gone) {
        return view.record().voters().stream()
                .filter(voter -> !voter.equals(gone))
                .toList();
    }

    static List<Voter> with(View view, Voter added) {
        List<Voter> voters = new ArrayList<>(view.record().voters());
        voters.add(added);
        return voters;
    }
}
