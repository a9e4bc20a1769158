package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Voter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is owed at all times, whatever the rules decide: heartbeats, second looks, reports, routing, slots. */
final class Duties {

    /** G is lowered once the loop was on time for so long. */
    private static final long CALM_MS = 20_000;

    private static final long SLOTS_EVERY_MS = 5_000;

    private Duties() {}

    static void perform(Turn turn) {
        heartbeat(turn);
        Notices.failsafe(turn);
        secondLook(turn);
        askHoldings(turn);
        Salvage.offer(turn);
        forget(turn);
        report(turn);
        rememberCluster(turn);
        route(turn);
        slots(turn);
        answerSwitchover(turn);
    }

    /**
     * No heartbeat once neither the store lease nor the failsafe lasts: acknowledgements would only keep the others from
     * taking over.
     */
    private static void heartbeat(Turn turn) {
        View view = turn.view();
        boolean asks = Failsafe.asks(view);
        if (!view.leads() || turn.nowMs >= view.storeLeaseMs() && !asks && !Failsafe.goesOn(view)) {
            turn.pulse = turn.pulse.silent();
            turn.wakeAt(view.wakeUpMs());
            return;
        }
        if (turn.nowMs >= turn.pulse.nextMs()) {
            measureLateness(turn);
            turn.pulse = turn.pulse.beat(turn.nowMs, turn.tuning.heartbeatMs());
            long leaseMs = asks ? Math.max(turn.pulse.leaseMs(), turn.tuning.failsafeLeaseMs()) : turn.pulse.leaseMs();
            turn.broadcast(
                    new Message.Heartbeat(view.term(), turn.pulse.sequence(), turn.nowMs, leaseMs, turn.lastPosition));
        }
        turn.wakeAt(Math.min(turn.pulse.nextMs(), view.wakeUpMs()));
    }

    /** So that its data is never taken for what an attempt to make a cluster left behind. */
    private static void rememberCluster(Turn turn) {
        View view = turn.view();
        if (view.identified()
                && view.content(DataFacts.Content.COMPLETE)
                && view.systemIdentifier().isPresent()
                && !view.foreignSystem()
                && !view.knewItsCluster()) {
            turn.voter = turn.voter.knows(view.systemIdentifier().get());
            turn.effect(new Effect.Persist(turn.voter, List.of()));
        }
    }

    private static void measureLateness(Turn turn) {
        Pulse pulse = turn.pulse;
        long lateMs = pulse.silentNow() ? 0 : turn.nowMs - pulse.nextMs();
        if (lateMs > turn.tuning.peerLeaseMs() / 8 && pulse.sequence() > 0) {
            long raised = Math.min(turn.tuning.peerLeaseMaxMs(), pulse.leaseMs() * 2);
            if (raised > pulse.leaseMs()) {
                turn.log(
                        EventCode.LEASE_RAISED,
                        Map.of("lateMs", Long.toString(lateMs), "leaseMs", Long.toString(raised)));
            }
            turn.pulse = pulse.lease(raised, turn.nowMs);
        } else if (pulse.leaseMs() > turn.tuning.peerLeaseMs() && turn.nowMs - pulse.lateMs() > CALM_MS) {
            turn.log(EventCode.LEASE_LOWERED, Map.of("leaseMs", Long.toString(turn.tuning.peerLeaseMs())));
            turn.pulse = pulse.lease(turn.tuning.peerLeaseMs(), pulse.lateMs());
        }
    }

    /** From the first overdue heartbeat on, until a promise could be given at the latest. */
    private static void secondLook(Turn turn) {
        MemberLease lease = turn.lease;
        View view = turn.view();
        if (lease.heartbeatMs() < 0 || view.isHolder() || !view.hasRecord()) {
            return;
        }
        long overdue = lease.heartbeatMs() + turn.tuning.heartbeatMs() * 3 / 2;
        boolean over = turn.nowMs > lease.expiryMs() + SecondLook.RESTART_WAIT_MS;
        MemberName holder = view.record().holder().memberOrNull();
        PeerState peer = holder == null ? null : turn.peers().get(holder);
        if (over || peer == null || peer.report() == null) {
            return;
        }
        if (turn.nowMs < overdue) {
            turn.wakeAt(overdue);
            return;
        }
        if (turn.nowMs >= turn.look.nextMs()) {
            turn.look = new SecondLook(turn.nowMs + SecondLook.EVERY_MS, turn.look.answered(), turn.look.answeredMs());
            turn.effect(new Effect.LookAt(peer.peer().name(), peer.report().address()));
        }
        turn.wakeAt(turn.look.nextMs());
    }

    /** A holder whose server ended asks again and again what the others hold, until it knows enough. */
    private static void askHoldings(Turn turn) {
        Ending ending = turn.ending;
        if (ending == null || turn.nowMs - ending.sinceMs() > Handover.PATIENCE_MS * 2) {
            return;
        }
        if (ending.askedMs() < 0 || turn.nowMs - ending.askedMs() >= Handover.ASK_EVERY_MS) {
            turn.ending = ending.asked(turn.nowMs);
            turn.broadcast(new Message.ReportRequest());
        }
        turn.wakeAt(turn.nowMs + Handover.ASK_EVERY_MS);
    }

    private static void report(Turn turn) {
        MemberReport now = Reports.of(turn.view());
        boolean due = turn.told.reportMs() < 0 || turn.nowMs - turn.told.reportMs() >= Reports.EVERY_MS;
        if (due || Reports.news(turn.told.report(), now)) {
            turn.told = turn.told.reported(now, turn.nowMs);
            turn.broadcast(new Message.Report(now));
        }
        turn.wakeAt(turn.told.reportMs() + Reports.EVERY_MS);
    }

    /** Clients are moved while the promotion runs: the router needs longer than the server. */
    private static void route(Turn turn) {
        View view = turn.view();
        boolean lead = view.leads() && view.identified() && (view.primaryUp() || promoting(turn));
        MemberReport.Role role = lead ? MemberReport.Role.PRIMARY : Reports.role(view, false);
        Effect.Route route = new Effect.Route(role, view.term(), lead && !view.primaryUp());
        if (!route.equals(turn.told.route())) {
            turn.told = turn.told.routed(route);
            turn.effect(route);
        }
    }

    private static boolean promoting(Turn turn) {
        return turn.doing != null && turn.doing.action() instanceof ServerAction.Promote;
    }

    /** A member that is gone for as long as its slot is kept, and votes no more, was removed. */
    private static void forget(Turn turn) {
        View view = turn.view();
        for (PeerState peer : List.copyOf(turn.peers().values())) {
            boolean gone = !peer.connected()
                    && view.hasRecord()
                    && !view.record().lists(peer.peer().name())
                    && !view.before(peer.heardMs() + turn.tuning.slotRetentionMs());
            if (gone) {
                turn.forget(peer.peer().name());
                turn.log(
                        EventCode.MEMBER_FORGOTTEN,
                        Map.of("peer", peer.peer().name().value()));
            }
        }
        turn.wakeAt(view.wakeUpMs());
    }

    /** Every member keeps a slot for every other, so that whoever leads next has the WAL they need. */
    private static void slots(Turn turn) {
        View view = turn.view();
        if (turn.server == null || !view.identified()) {
            return;
        }
        Map<MemberName, Effect.KeepSlots.Slot> slots = slotNames(turn, view);
        boolean due = turn.told.slotsMs() < 0 || turn.nowMs - turn.told.slotsMs() >= SLOTS_EVERY_MS;
        if (!due && turn.told.slots().keySet().equals(slots.keySet())) {
            return;
        }
        turn.told = turn.told.kept(slots, turn.nowMs);
        // An agent that has just started does not know how long those it has not heard of have been gone.
        boolean dropOthers = turn.nowMs - turn.startedMs >= turn.tuning.slotRetentionMs();
        turn.effect(new Effect.KeepSlots(slots, dropOthers));
    }

    private static Map<MemberName, Effect.KeepSlots.Slot> slotNames(Turn turn, View view) {
        Map<MemberName, Effect.KeepSlots.Slot> slots = new HashMap<>();
        for (Voter voter : view.record().voters()) {
            slots.put(voter.member(), new Effect.KeepSlots.Slot(null));
        }
        for (PeerState peer : turn.peers().values()) {
            MemberReport report = peer.report();
            slots.put(
                    peer.peer().name(),
                    new Effect.KeepSlots.Slot(
                            report == null || report.replayed() == null
                                    ? null
                                    : report.replayed().lsn()));
        }
        slots.remove(view.self().name());
        return slots;
    }

    private static void answerSwitchover(Turn turn) {
        View view = turn.view();
        for (Asked asked : turn.asked()) {
            if (asked.command() instanceof Command.Switchover
                    && view.hasRecord()
                    && view.record().holder() instanceof Holder.Held held
                    && !held.member().equals(turn.self.name())) {
                turn.log(
                        EventCode.SWITCHOVER_ENDED,
                        Map.of("leader", held.member().value()));
                turn.answer(asked, Outcome.DONE, held.member() + " leads as term " + view.term());
            } else if (asked.command() instanceof Command.Switchover && !asked.begun() && Handover.overdue(view)) {
                turn.answer(asked, Outcome.FAILED, "given up: it could not be begun in time");
            } else if (asked.command() instanceof Command.Failover && view.leads() && view.primaryUp()) {
                turn.answer(asked, Outcome.DONE, turn.self.name() + " leads as term " + view.term());
            } else if (asked.command() instanceof Command.Failover
                    && turn.nowMs - asked.sinceMs() > turn.tuning.switchoverTimeoutMs()) {
                turn.answer(asked, Outcome.FAILED, "given up: no rule of takeover allowed it in time; see explain");
            }
        }
    }
}
