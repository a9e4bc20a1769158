package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.WalPosition;
import org.jspecify.annotations.Nullable;

/** What this member tells of itself. */
final class Reports {

    /** A report is sent at least this often, also when nothing is new but positions: acknowledgements carry those. */
    static final long EVERY_MS = 2_000;

    private static final Incarnation NO_GATE = new Incarnation("none");

    private Reports() {}

    static MemberReport of(View view) {
        AgentState state = view.state;
        GateFacts gate = state.gate();
        ServerFacts server = state.server();
        boolean primary = view.leads() && view.primaryUp() && permitMs(view) > 0;
        return new MemberReport(
                view.self().name(),
                state.voter().voter(),
                gate == null ? NO_GATE : gate.incarnation(),
                view.self().address(),
                view.self().adminAddress(),
                role(view, primary),
                serverState(view),
                state.data() == null ? null : state.data().data(),
                view.systemIdentifier().orElse(null),
                view.position(),
                replayed(view),
                Reforming.reach(view),
                server == null ? null : server.following(),
                server != null && server.streaming(),
                view.self().priority(),
                view.self().nofailover(),
                view.term(),
                state.voter().promised(),
                permitMs(view),
                primary ? null : Fitness.obstacle(view),
                label(view));
    }

    static long permitMs(View view) {
        PermitGiven permit = view.state.permit();
        return permit.touched() ? Math.max(0, permit.deadlineMs() - view.nowMs) : 0;
    }

    static MemberReport.Role role(View view, boolean primary) {
        if (primary) {
            return MemberReport.Role.PRIMARY;
        }
        return view.recovering() && !view.isHolder() && !view.astray()
                ? MemberReport.Role.STANDBY
                : MemberReport.Role.NONE;
    }

    private static MemberReport.ServerState serverState(View view) {
        AgentState state = view.state;
        if (state.doing() != null
                && (state.doing().action() instanceof ServerAction.Clone
                        || state.doing().action() instanceof ServerAction.Rewind)) {
            return MemberReport.ServerState.REBUILDING;
        }
        GateFacts gate = state.gate();
        if (gate == null || gate.gone()) {
            return stopped(state.data());
        }
        return switch (gate.process()) {
            case NONE, KILLING, STOPPING -> MemberReport.ServerState.STOPPING;
            case FROZEN -> MemberReport.ServerState.FROZEN;
            case RUNNING ->
                state.server() == null ? MemberReport.ServerState.STARTING : MemberReport.ServerState.RUNNING;
        };
    }

    private static MemberReport.ServerState stopped(@Nullable DataFacts data) {
        return data == null
                ? MemberReport.ServerState.STOPPED
                : switch (data.content()) {
                    case EMPTY -> MemberReport.ServerState.EMPTY;
                    case MISSING -> MemberReport.ServerState.MISSING;
                    case TORN -> MemberReport.ServerState.TORN;
                    case COMPLETE, FOREIGN -> MemberReport.ServerState.STOPPED;
                };
    }

    private static @Nullable WalPosition replayed(View view) {
        ServerFacts server = view.state.server();
        return server == null || server.replayed() == null ? null : view.position(server.timeline(), server.replayed());
    }

    private static String label(View view) {
        return view.state.verdicts().isEmpty()
                ? "none yet"
                : view.state.verdicts().getFirst().label();
    }

    /** Whether a difference is worth telling before its turn: everything but what moves all the time. */
    static boolean news(@Nullable MemberReport before, MemberReport now) {
        return before == null
                || before.role() != now.role()
                || before.server() != now.server()
                || before.streaming() != now.streaming()
                || !java.util.Objects.equals(before.following(), now.following())
                || !java.util.Objects.equals(before.data(), now.data())
                || !java.util.Objects.equals(before.obstacle(), now.obstacle())
                || !before.termSeen().equals(now.termSeen())
                || !before.promised().equals(now.promised())
                || !java.util.Objects.equals(before.reach(), now.reach())
                || (before.position() == null) != (now.position() == null);
    }
}
