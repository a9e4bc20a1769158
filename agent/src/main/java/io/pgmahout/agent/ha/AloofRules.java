package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.act;
import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import java.util.List;

/** A member without the term whose server follows nobody, or is left as it is. Rules 133 to 140. */
final class AloofRules {

    static final List<Rule> RULES = List.of(
            act(
                    133,
                    "look-again",
                    "The standby follows nobody, and for a while it is not known where its WAL ends: what a taking of WAL that"
                            + " was cut off left there is removed, if that is why.",
                    AloofRules::isInDoubt,
                    view -> new ServerAction.Inspect()),
            act(
                    134,
                    "take-wal",
                    "The holder's server ended, and it offers the last of its WAL, which this standby lacks: that is"
                            + " taken and replayed.",
                    Salvage::isOffered,
                    Salvage::take),
            act(
                    135,
                    "ahead-detaches",
                    "The data goes further than that from which the cluster was formed again: it receives nothing more.",
                    view -> keptApart(view) && follows(view),
                    view -> new ServerAction.Detach()),
            rest(
                    136,
                    "ahead",
                    "The data goes further than that from which the cluster was formed again: it is left as it is until"
                            + " an operator has decided.",
                    AloofRules::keptApart),
            act(
                    137,
                    "detach",
                    "The standby streams from a member that the record no longer names, and the holder cannot be"
                            + " followed yet: it is pointed at nobody.",
                    AloofRules::followsFormer,
                    view -> new ServerAction.Detach()),
            rest(
                    138,
                    "not-formed",
                    "Another member forms the cluster: nothing is started before it is there.",
                    view -> !view.identified()),
            rest(
                    139,
                    "own-former-life",
                    "The holder is this member's own former life: it takes the term before its server is started.",
                    Takeover::ownFormerLife),
            rest(140, "paused-standby", "The cluster is paused: the server is left as it is.", View::paused));

    /** Between two looks: its own WAL may take as long to replay. */
    private static final long IN_DOUBT_MS = 5_000;

    private AloofRules() {}

    private static boolean isInDoubt(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && view.running()
                && server.recovering()
                && server.flushed() == null
                && server.following() == null
                && !server.streaming()
                && !view.paused()
                && !view.before(view.state.lookedMs() + IN_DOUBT_MS);
    }

    private static boolean keptApart(View view) {
        return Ahead.is(view) && view.asked(Command.Reinitialize.class).isEmpty();
    }

    private static boolean follows(View view) {
        ServerFacts server = view.state.server();
        return view.running() && server != null && server.recovering() && server.following() != null;
    }

    /**
     * Whoever answers at a former holder's address may by now write, or pass on, another branch under the same
     * timeline id, which a walreceiver cannot see (A3).
     */
    private static boolean followsFormer(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && server.recovering()
                && server.following() != null
                && view.running()
                && view.record().holder() instanceof Holder.Held held
                && !held.member().equals(server.following())
                && (view.paused() || view.livingSource().isEmpty())
                && !isDown(view, server.following());
    }

    /** Nobody answers there, as its member has said; the new holder, which will soon be followed, needs the machine more. */
    private static boolean isDown(View view, MemberName former) {
        PeerState peer = view.state.peers().get(former);
        MemberReport report = peer == null ? null : peer.currentReport();
        return report != null
                && !view.paused()
                && report.server() == MemberReport.ServerState.STOPPED
                && view.before(view.state.book().heldMs() + FollowingRules.SUCCESSOR_MS);
    }
}
