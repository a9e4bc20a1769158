package io.pgmahout.agent.ha;

import io.pgmahout.agent.ha.Fitness.Contender;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPosition;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the last WAL of a holder's server that ended comes to a standby that lacks it (design, "A crashed primary's WAL"). */
final class Salvage {

    private Salvage() {}

    // The holder

    /** Whether it is to be given to somebody, or being given: what follows the server's end waits for that. */
    static boolean goesOn(View view) {
        Ending ending = view.state.ending();
        return ending != null
                && possible(view, ending)
                && (ending.passing() != null || target(view).isPresent());
    }

    static boolean underWay(View view) {
        Ending ending = view.state.ending();
        return ending != null && ending.passing() != null && possible(view, ending);
    }

    /** Nobody has all of it, and who has most is known. */
    static boolean begins(View view) {
        Ending ending = view.state.ending();
        return ending != null
                && Handover.ended(view)
                && ending.passing() == null
                && !Handover.hopes(view, ending)
                && goesOn(view)
                && Handover.successor(view).isEmpty();
    }

    static ServerAction secure(View view) {
        Contender to = target(view).orElseThrow();
        Ending ending = Objects.requireNonNull(view.state.ending());
        return new ServerAction.SecureWal(
                to.name(),
                to.position(),
                Objects.requireNonNull(ending.end()),
                Math.max(0, ending.foundMs() + view.tuning().salvageTimeoutMs() - view.nowMs));
    }

    /** A stop that was asked for lets the standbys receive everything; only what nobody asked for cuts them off. */
    private static boolean possible(View view, Ending ending) {
        return ending.end() != null
                && view.leads()
                && view.identified()
                && view.serverGone()
                && view.content(DataFacts.Content.COMPLETE)
                && !view.terminating()
                && !view.paused()
                && Handover.requested(view) == null
                && view.before(ending.foundMs() + view.tuning().salvageTimeoutMs());
    }

    /** Who lacks least, on the branch that ended. Whether it may lead it says itself once it has all. */
    private static Optional<Contender> target(View view) {
        Ending ending = Objects.requireNonNull(view.state.ending());
        return view.state.peers().values().stream()
                .map(peer -> contender(view, peer, ending))
                .flatMap(Optional::stream)
                .min(Fitness.FIRST);
    }

    private static Optional<Contender> contender(View view, PeerState peer, Ending ending) {
        MemberName name = peer.peer().name();
        MemberReport report = peer.currentReport();
        WalPosition position = peer.position();
        WalPosition end = Objects.requireNonNull(ending.end());
        boolean fits = peer.connected()
                && report != null
                && report.server() == MemberReport.ServerState.RUNNING
                && !report.streaming()
                && !report.nofailover()
                && position != null
                && within(view, position, end)
                && replaysInTime(view, report.replayed(), end)
                && view.record().lists(peer.peer().voter(), name)
                && !ending.tried().contains(name);
        return fits && position != null && report != null
                ? Optional.of(new Contender(name, position, report.priority(), peer.shownMs()))
                : Optional.empty();
    }

    /** What it has and not replayed yet costs as much time as what it lacks. */
    private static boolean replaysInTime(View view, @Nullable WalPosition replayed, WalPosition end) {
        return replayed == null || !sameBranch(replayed, end) || within(view, replayed, end);
    }

    private static boolean within(View view, WalPosition position, WalPosition end) {
        return sameBranch(position, end)
                && position.lsn().compareTo(end.lsn()) < 0
                && end.lsn().minus(position.lsn()) <= view.tuning().salvageLimitBytes();
    }

    private static boolean sameBranch(WalPosition one, WalPosition other) {
        return one.term().equals(other.term()) && one.timeline().equals(other.timeline());
    }

    /** Offers again and again what is secured. */
    static void offer(Turn turn) {
        Ending ending = turn.ending;
        Passing passing = ending == null ? null : ending.passing();
        if (ending == null || passing == null || !passing.secured() || !underWay(turn.view())) {
            return;
        }
        if (passing.offeredMs() < 0 || turn.nowMs - passing.offeredMs() >= Passing.OFFER_EVERY_MS) {
            turn.ending = ending.passing(passing.offered(turn.nowMs));
            turn.effect(new Effect.Send(
                    passing.to(), new Message.WalOffer(turn.view().term(), Objects.requireNonNull(ending.end()))));
        }
        turn.wakeAt(turn.nowMs + Passing.OFFER_EVERY_MS);
    }

    static void secured(Turn turn, Event.ActionEnded event) {
        Ending ending = turn.ending;
        if (ending == null || ending.passing() == null) {
            return;
        }
        if (event.outcome() == Outcome.DONE) {
            turn.ending = ending.passing(ending.passing().securing());
        } else {
            inVain(turn, ending.passing().to(), event.detail());
        }
    }

    static void refused(Turn turn, MemberName from, Message.WalRefusal refusal) {
        Ending ending = turn.ending;
        if (ending != null
                && ending.passesTo(from)
                && refusal.term().equals(turn.view().term())
                && refusal.end().equals(ending.end())) {
            inVain(turn, from, refusal.reason());
        }
    }

    /** The member is gone, or did not take it. */
    static void inVain(Turn turn, MemberName member, String why) {
        Ending ending = turn.ending;
        if (ending != null && ending.passesTo(member)) {
            turn.ending = ending.passedInVain();
            turn.log(EventCode.WAL_NOT_TAKEN, Map.of("peer", member.value(), "reason", why));
        }
    }

    // The standby

    static void offered(Turn turn, Peer from, Message.WalOffer offer) {
        View view = turn.view();
        if (takes(view)) {
            return;
        }
        WalPosition position = view.position();
        if (position != null && sameBranch(position, offer.end()) && position.atLeast(offer.end())) {
            turn.told = turn.told.reportDue();
            return;
        }
        Offer now = new Offer(from, offer, turn.nowMs);
        String refusal = refusal(view, now);
        if (refusal == null) {
            turn.offer = now;
        } else {
            turn.effect(new Effect.Send(from.name(), new Message.WalRefusal(offer.term(), offer.end(), refusal)));
        }
    }

    static boolean takes(View view) {
        Doing doing = view.state.doing();
        return doing != null && doing.action() instanceof ServerAction.TakeWal;
    }

    /** A standby that still streams has not lost the holder's server: the offer is too early, or false. */
    static boolean isOffered(View view) {
        Offer offer = view.state.offer();
        ServerFacts server = view.state.server();
        return offer != null
                && server != null
                && !server.streaming()
                && view.nowMs - offer.atMs() <= Offer.STANDS_MS
                && refusal(view, offer) == null;
    }

    static ServerAction take(View view) {
        Offer offer = Objects.requireNonNull(view.state.offer());
        return new ServerAction.TakeWal(
                offer.from().name(),
                Objects.requireNonNull(view.position()),
                offer.what().end(),
                view.tuning().salvageTimeoutMs());
    }

    /** Why this standby does not take what is offered, a sentence; null if it does. */
    private static @Nullable String refusal(View view, Offer offer) {
        WalPosition end = offer.what().end();
        if (!view.identified()
                || !view.term().equals(offer.what().term())
                || !view.record()
                        .holder()
                        .isHeldBy(offer.from().name(), offer.from().incarnation())) {
            return "the record that it knows does not name the sender as holder of term "
                    + offer.what().term();
        }
        if (view.paused()) {
            return "the cluster is paused";
        }
        if (view.state.voter().promised().atLeast(view.term())) {
            return "it promised not to follow the holder of this term";
        }
        if (view.self().nofailover()) {
            return "it is tagged nofailover";
        }
        if (view.terminating()) {
            return "its gate is about to end";
        }
        WalPosition position = view.position();
        if (!Fitness.mayBePromoted(view) || position == null || view.writable()) {
            return "its server is not a running standby whose position is known";
        }
        if (!sameBranch(position, end)) {
            return "it holds " + position + ", not that timeline";
        }
        return within(view, position, end)
                ? null
                : "it lacks " + end.lsn().minus(position.lsn()) + " bytes, failover.salvage-limit is "
                        + view.tuning().salvageLimitBytes();
    }

    static void ended(Turn turn, Doing doing, ServerAction.TakeWal take, Event.ActionEnded event) {
        Offer offer = turn.offer;
        turn.offer = null;
        boolean done = event.outcome() == Outcome.DONE;
        if (done && turn.server != null && turn.server.recovering()) {
            turn.server = turn.server.holding(take.end().lsn());
            turn.told = turn.told.pointedAt(null).reportDue();
        } else {
            // It streams from nobody, or was stopped; what it holds is known once it is asked again.
            turn.server = turn.server == null ? null : turn.server.withoutPosition();
            turn.effect(new Effect.ProbeNow());
        }
        if (!done && offer != null) {
            turn.effect(new Effect.Send(
                    offer.from().name(),
                    new Message.WalRefusal(offer.what().term(), offer.what().end(), event.detail())));
        }
        if (done) {
            Map<String, String> fields = new HashMap<>(range(take.from(), take.end()));
            fields.put("source", take.source().value());
            fields.put("tookMs", Long.toString(turn.nowMs - doing.sinceMs()));
            turn.log(EventCode.WAL_TAKEN, fields);
        }
    }

    /** What a member that takes the term lacks of what the former holder is known to have had; null if nothing. */
    static @Nullable Map<String, String> leftOut(View view) {
        WalPosition position = view.position();
        WalPosition known = Fitness.lastKnown(view);
        return position == null || known == null || Fitness.lag(view, position, known) <= 0
                ? null
                : range(
                        new WalPosition(
                                position.term(),
                                position.timeline(),
                                Fitness.shared(view.record().history(), position)),
                        known);
    }

    private static Map<String, String> range(WalPosition from, WalPosition to) {
        return Map.of(
                "bytes", Long.toString(to.lsn().minus(from.lsn())),
                "from", from.lsn().toString(),
                "to", to.lsn().toString());
    }
}
