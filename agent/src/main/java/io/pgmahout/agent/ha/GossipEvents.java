package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import java.util.List;
import java.util.Map;

/** What the other members' messages mean for the state. */
final class GossipEvents {

    /** As much as terms grow by when a cluster is formed again dozens of times; a Lease of Kubernetes counts to 2^31. */
    private static final long TERM_LEAP = 1L << 26;

    private GossipEvents() {}

    static void connected(Turn turn, Event.Connected event) {
        PeerState known = turn.peers().get(event.peer().name());
        turn.peer(known == null ? PeerState.of(event.peer(), turn.nowMs) : known.connected(event.peer(), turn.nowMs));
        turn.log(EventCode.PEER_BACK, Map.of("peer", event.peer().name().value()));
        turn.told = turn.told.reportDue();
        // Its side may not have noticed that the former connection broke.
        turn.effect(new Effect.Send(event.peer().name(), new Message.ReportRequest()));
        Message.Promise own = ownOnDisk(turn);
        if (own != null) {
            turn.effect(new Effect.Send(event.peer().name(), own));
        }
    }

    static void disconnected(Turn turn, Event.Disconnected event) {
        PeerState known = turn.peers().get(event.member());
        if (known != null && known.connected()) {
            turn.peer(known.disconnected(event.reset(), turn.nowMs));
            Salvage.inVain(turn, event.member(), "it does not answer");
            turn.log(
                    EventCode.PEER_LOST,
                    Map.of("peer", event.member().value(), "reset", Boolean.toString(event.reset())));
        }
    }

    static void received(Turn turn, Event.Received event) {
        Peer from = event.from();
        PeerState known = turn.peers().get(from.name());
        PeerState peer = known == null || !known.connected() || !known.peer().equals(from)
                ? (known == null ? PeerState.of(from, turn.nowMs) : known.connected(from, turn.nowMs))
                : known.heard(turn.nowMs);
        turn.peer(peer);
        switch (event.message()) {
            case Message.Heartbeat heartbeat -> heartbeat(turn, from.name(), heartbeat);
            case Message.HeartbeatAck ack -> acknowledged(turn, peer, ack);
            case Message.HeartbeatRefused refused -> refused(turn, peer, refused.promised());
            case Message.PromiseRequest request -> requested(turn, from.name(), request);
            case Message.Promise promise -> promised(turn, from, promise);
            case Message.ReportRequest request -> {
                turn.effect(new Effect.ProbeNow());
                turn.told = turn.told.reportDue();
            }
            case Message.Report report -> turn.peer(peer.reported(report.report(), turn.nowMs));
            case Message.WalOffer offer -> Salvage.offered(turn, from, offer);
            case Message.WalRefusal refusal -> Salvage.refused(turn, from.name(), refusal);
            case Message.Farewell farewell -> turn.peer(peer.disconnected(true, turn.nowMs));
        }
    }

    /** A member that has promised, or knows of a newer term, refuses; else it owes the sender the lease. */
    private static void heartbeat(Turn turn, MemberName from, Message.Heartbeat heartbeat) {
        View view = turn.view();
        if (turn.voter.promised().atLeast(heartbeat.term()) || view.term().compareTo(heartbeat.term()) > 0) {
            Term promised = turn.voter.promised().compareTo(heartbeat.term()) >= 0 ? turn.voter.promised() : Term.NONE;
            turn.effect(new Effect.Send(from, new Message.HeartbeatRefused(heartbeat.term(), promised)));
            return;
        }
        turn.lease = turn.lease.acknowledged(from, heartbeat, turn.nowMs, turn.tuning);
        turn.look = SecondLook.NONE;
        if (heartbeat.term().compareTo(view.term()) > 0) {
            turn.book = turn.book.mustRead();
        }
        long onDisk = Math.min(turn.voter.greatestLeaseMs(), turn.persisted.greatestLeaseMs());
        // More than is on disk is acknowledged when it is there; a disk that hangs costs the holder nothing that it
        // had.
        turn.effect(acknowledgement(view, from, heartbeat, Math.min(heartbeat.leaseMs(), onDisk)));
        if (heartbeat.leaseMs() > onDisk) {
            remember(
                    turn,
                    Math.max(heartbeat.leaseMs(), turn.voter.greatestLeaseMs()),
                    List.of(acknowledgement(view, from, heartbeat, heartbeat.leaseMs())));
        } else if (heartbeat.leaseMs() < turn.voter.greatestLeaseMs() && lapsed(turn, heartbeat.leaseMs())) {
            remember(turn, heartbeat.leaseMs(), List.of());
        }
    }

    private static Effect.Send acknowledgement(View view, MemberName to, Message.Heartbeat heartbeat, long leaseMs) {
        return new Effect.Send(
                to,
                new Message.HeartbeatAck(
                        heartbeat.term(), heartbeat.sequence(), heartbeat.sentMs(), leaseMs, view.position()));
    }

    /** Whether a restart that assumed {@code leaseMs} to be the greatest G would still wait out the present expiry. */
    private static boolean lapsed(Turn turn, long leaseMs) {
        return turn.lease.expiryMs() <= turn.nowMs + turn.tuning.stretched(leaseMs);
    }

    /** A smaller one may be on disk from now on, whenever that is heard of. */
    private static void remember(Turn turn, long greatestLeaseMs, List<Effect.Send> then) {
        turn.persisted = turn.persisted.owes(Math.min(turn.persisted.greatestLeaseMs(), greatestLeaseMs));
        turn.voter = turn.voter.owes(greatestLeaseMs);
        turn.effect(new Effect.Persist(turn.voter, then));
    }

    /** Only acknowledgements of the present term count, from the send time that this agent itself wrote into them. */
    private static void acknowledged(Turn turn, PeerState peer, Message.HeartbeatAck ack) {
        View view = turn.view();
        if (view.leads()
                && ack.term().equals(view.term())
                && ack.sentMs() <= turn.nowMs
                && ack.sentMs() >= turn.startedMs) {
            long greatest = Math.max(turn.tuning.peerLeaseMaxMs(), turn.tuning.failsafeLeaseMs());
            turn.peer(peer.acknowledged(ack.sentMs() + Math.min(ack.leaseMs(), greatest), ack.position(), turn.nowMs));
        }
    }

    /** Who promised knew that term from the record: one far beyond would be this cluster's last, were it believed. */
    private static void refused(Turn turn, PeerState peer, Term promised) {
        if (promised.value() - turn.view().term().value() <= TERM_LEAP) {
            turn.peer(peer.refused(promised, turn.nowMs));
        }
    }

    private static void requested(Turn turn, MemberName from, Message.PromiseRequest request) {
        Message.Promise own = ownOnDisk(turn);
        if (own != null && own.term().atLeast(request.term())) {
            turn.effect(new Effect.Send(from, own));
            return;
        }
        if (request.term().atLeast(turn.view().term())) {
            turn.promises = turn.promises.asked(request.term(), turn.nowMs);
            if (request.term().compareTo(turn.view().term()) > 0) {
                turn.book = turn.book.mustRead();
            }
        }
    }

    private static void promised(Turn turn, Peer from, Message.Promise promise) {
        if (promise.voter().equals(from.voter()) && !borrowed(turn.view(), from)) {
            turn.promises = turn.promises.with(promise);
        }
    }

    /** Whether the record lists the voter id as another member's: the state directory was copied with its machine. */
    private static boolean borrowed(View view, Peer from) {
        return view.hasRecord()
                && view.record().voters().stream()
                        .anyMatch(voter -> voter.id().equals(from.voter())
                                && !voter.member().equals(from.name()));
    }

    /** This member's own promise, once it may be told. */
    static Message.@org.jspecify.annotations.Nullable Promise ownOnDisk(Turn turn) {
        Message.Promise own = turn.promises.own();
        return own != null && turn.persisted.promised().atLeast(own.term()) ? own : null;
    }

    /** The withdrawal ended: if the lease has still lapsed, the promise is written down, then told to everybody. */
    static void withdrawn(Turn turn, Event.Withdrawn event) {
        if (event.id() != turn.promises.withdrawId()) {
            return;
        }
        turn.promises = turn.promises.withdrawing(0);
        if (event.server() != null) {
            ServerEvents.probed(turn, event.server(), turn.nowMs);
        }
        View view = turn.view();
        if (event.outcome() != Outcome.DONE
                || view.isHolder()
                || turn.nowMs < turn.lease.expiryMs()
                || !turn.voter.promised().equals(view.term())) {
            return;
        }
        turn.told = turn.told.pointedAt(null);
        Message.Promise own = new Message.Promise(
                view.term(),
                turn.voter.voter(),
                event.position(),
                event.data(),
                turn.self.priority(),
                Fitness.obstacle(view),
                view.sawHolder());
        turn.promises = turn.promises.decided(own, event.nextTimeline());
        List<Effect.Send> sends = turn.peers().values().stream()
                .filter(PeerState::connected)
                .map(peer -> new Effect.Send(peer.peer().name(), own))
                .toList();
        turn.effect(new Effect.Persist(turn.voter, sends));
    }

    static void persisted(Turn turn, Event.Persisted event) {
        if (event.outcome() != Outcome.DONE) {
            turn.promises = new Promises(
                    turn.promises.term(),
                    turn.promises.given(),
                    turn.promises.askedTerm(),
                    turn.promises.askedMs(),
                    turn.promises.askingMs(),
                    turn.promises.withdrawId(),
                    null,
                    null,
                    turn.promises.quorumMs());
            turn.log(EventCode.ACTION_FAILED, Map.of("action", "write the voter file"));
            return;
        }
        turn.persisted = event.file();
        Message.Promise own = ownOnDisk(turn);
        if (own != null) {
            turn.promises = turn.promises.with(own);
        }
    }
}
