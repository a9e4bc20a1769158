package io.pgmahout.agent.observe;

import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trace of a fail-over from the events and effects of the core: begun by its first sign, marked at each
 * step, ended when this member leads or follows, or by silence. A sign that leads to nothing leaves nothing. The
 * control thread only.
 */
final class Tracing {

    private @Nullable OpenTrace open;
    private @Nullable ClusterRecord record;
    private @Nullable GateFacts gate;
    private @Nullable Role role;
    private long permit;
    private final Map<Long, ServerAction> acting = new HashMap<>();
    private List<Found> found = new ArrayList<>();
    private long nowMs;

    /** Something for the history that began at {@code beganMs}. */
    record Found(long beganMs, Function<Instant, HistoryEntry> make) {
        HistoryEntry entry(Instant at) {
            return make.apply(at);
        }
    }

    List<Found> stepped(Event event, List<Effect> effects, long atMs) {
        found = new ArrayList<>(0);
        nowMs = atMs;
        if (open != null && open.silent(atMs)) {
            close(open.consequential() ? "nothing more happened" : "");
        }
        happened(event);
        for (Effect effect : effects) {
            begun(effect);
        }
        return found;
    }

    private void happened(Event event) {
        switch (event) {
            case Event.Disconnected gone -> {
                if (isHolder(gone.member())) {
                    sign("connection to " + gone.member() + (gone.reset() ? " closed" : " silent"));
                }
            }
            case Event.GateReported report -> reported(report.gate());
            case Event.ProbeFailed failed -> {
                if (gate != null && gate.writable()) {
                    sign("server does not answer: " + failed.detail());
                }
            }
            case Event.Commanded commanded -> commanded(commanded.command());
            case Event.RecordRead read -> seen(read.stored());
            case Event.RecordSeen seen -> seen(seen.stored());
            case Event.WriteEnded ended -> mark("record write " + ended.outcome(), false);
            case Event.Received received -> {
                if (received.message() instanceof Message.Promise promise) {
                    mark("promise of " + received.from().name() + " against term " + promise.term(), true);
                }
            }
            case Event.Looked looked ->
                mark("second look at " + looked.member() + (looked.answered() ? ": answers" : ": no answer"), false);
            case Event.Withdrawn withdrawn -> mark("receiving stopped: " + withdrawn.outcome(), false);
            case Event.ActionEnded ended -> ended(ended);
            case Event.Tick tick -> {}
            case Event.Reconfigured changed -> {}
            case Event.Connected connected -> {}
            case Event.Probed probed -> {}
            case Event.Persisted persisted -> mark("votes on disk: " + persisted.outcome(), false);
        }
    }

    private void begun(Effect effect) {
        switch (effect) {
            case Effect.LookAt look -> sign("heartbeat of " + look.member() + " overdue");
            case Effect.Send send -> sent(send);
            case Effect.Persist persist -> persist.then().forEach(this::sent);
            case Effect.CompareAndSet write -> {
                ClusterRecord next = write.record();
                if (record == null
                        || !next.term().equals(record.term())
                        || !next.holder().equals(record.holder())
                        || next.takeover() != record.takeover()) {
                    mark(
                            "record write begun: term " + next.term() + ", " + holder(next) + ", " + next.takeover(),
                            true);
                }
            }
            case Effect.Act act -> {
                acting.put(act.id(), act.action());
                mark(name(act.action()) + " begun", false);
            }
            case Effect.Withdraw withdraw -> mark("receiving stops", false);
            case Effect.SetPermit set -> {
                if ((set.deadlineMs() == 0) != (permit == 0)) {
                    mark(set.deadlineMs() == 0 ? "permit taken back" : "permit given", false);
                }
                permit = set.deadlineMs();
                leads();
            }
            case Effect.Route route -> routed(route);
            case Effect.ReadRecord read -> mark("record read begun", false);
            case Effect.ProbeNow probe -> {}
            case Effect.KeepSlots slots -> {}
            case Effect.Log log -> {}
            case Effect.Progress progress -> {}
            case Effect.Answer answer -> {}
            case Effect.Exit exit -> mark("agent ends: " + exit.reason(), true);
        }
    }

    private void sent(Effect.Send send) {
        if (send.message() instanceof Message.PromiseRequest request) {
            mark("promises against term " + request.term() + " asked for", false);
        } else if (send.message() instanceof Message.Promise promise) {
            mark("promise against term " + promise.term() + " sent to " + send.to(), true);
        }
    }

    private void commanded(Command command) {
        if (command instanceof Command.Switchover switchover && !switchover.dryRun()) {
            sign("switchover asked for");
        } else if (command instanceof Command.Failover failover && !failover.dryRun()) {
            sign("failover asked for");
        }
    }

    private void reported(GateFacts now) {
        GateFacts before = gate;
        gate = now;
        if (before == null || before.process() == now.process()) {
            return;
        }
        String what =
                now.process() == GateFacts.Processes.NONE ? "server ended: " + now.exit() : "server " + now.process();
        if (before.writable() && now.process() != GateFacts.Processes.RUNNING) {
            sign(what);
        } else {
            mark(what, false);
        }
    }

    private void seen(@Nullable Stored stored) {
        if (stored == null) {
            return;
        }
        ClusterRecord before = record;
        record = stored.record();
        String holder = holder(record);
        if (before != null && before.switchover() == null && record.switchover() != null) {
            sign("switchover requested in the record");
        }
        if (before == null
                || !before.term().equals(record.term())
                || !holder(before).equals(holder)) {
            long term = record.term().value();
            MemberName member = record.holder().memberOrNull();
            found.add(new Found(
                    nowMs, at -> new HistoryEntry.TermChange(at, term, member == null ? "" : member.value())));
            mark("record: term " + term + ", " + holder, true);
        }
    }

    private void ended(Event.ActionEnded ended) {
        ServerAction action = acting.remove(ended.id());
        if (action == null) {
            return;
        }
        mark(name(action) + " " + ended.outcome(), false);
        if (open == null || ended.outcome() != Outcome.DONE) {
            return;
        }
        if (action instanceof ServerAction.Promote || action instanceof ServerAction.StartPrimary) {
            open.promoted = true;
            leads();
        } else if (action instanceof ServerAction.Follow follow && open.consequential()) {
            close("follows " + follow.source().member());
        } else if (action instanceof ServerAction.StartStandby start && open.consequential()) {
            close(
                    start.source() == null
                            ? "is a standby"
                            : "follows " + start.source().member());
        }
    }

    private void routed(Effect.Route route) {
        if (route.role() == role) {
            return;
        }
        role = route.role();
        long term = route.term().value();
        String name = route.role().name();
        found.add(new Found(nowMs, at -> new HistoryEntry.RoleChange(at, name, term)));
        mark("routed as " + name, true);
        leads();
    }

    private void leads() {
        if (open != null && open.promoted && permit != 0 && role == Role.PRIMARY) {
            close("leads");
        }
    }

    private boolean isHolder(MemberName member) {
        return record != null && member.equals(record.holder().memberOrNull());
    }

    private static String holder(ClusterRecord record) {
        return record.holder().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
                + (record.holder().memberOrNull() == null
                        ? ""
                        : " " + record.holder().memberOrNull());
    }

    private static String name(ServerAction action) {
        return action.getClass().getSimpleName();
    }

    private void sign(String what) {
        if (open == null) {
            open = new OpenTrace(what, nowMs);
        }
        open.mark(what, nowMs, false);
    }

    private void mark(String what, boolean consequence) {
        if (open != null) {
            open.mark(what, nowMs, consequence);
        }
    }

    /** An empty outcome drops the trace. */
    private void close(String outcome) {
        OpenTrace trace = open;
        open = null;
        if (trace != null && !outcome.isEmpty()) {
            found.add(new Found(trace.beganMs(), at -> trace.closed(at, outcome)));
        }
    }
}
