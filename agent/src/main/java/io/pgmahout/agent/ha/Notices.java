package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** What is logged when another rule fires, a term is lost or taken: once as it begins, not at each retry. */
final class Notices {

    /** Steps of a retry, each with the rules under which it is waited for the next one. */
    private static final Map<Integer, Set<Integer>> RETRIES = Map.of(
            102, Set.of(108, 111, 112, 143),
            104, Set.of(108, 111, 112, 143),
            204, Set.of(203),
            305, Set.of(302),
            310, Set.of(312, 316),
            311, Set.of(312),
            314, Set.of(302),
            315, Set.of(316));

    /** What a member has to write while the store is away: nothing, until the next try. */
    private static final Set<Integer> IDLE = Set.of(231, 239, 243, 249);

    private static final int DATA_REFUSED = 108;
    private static final int DATA_MISSING = 111;
    private static final int FOREIGN_SYSTEM_STOPS = 109;
    private static final int FOREIGN_SYSTEM = 110;
    private static final int START_PRIMARY = 128;
    private static final int AHEAD = 136;
    private static final int STORE_PAUSE = 203;
    private static final int NOT_FROM_THIS_DATA = 213;
    private static final int RELEASE = 222;
    private static final int NOT_FIT = 243;
    private static final int NO_CANDIDATE = 307;

    private Notices() {}

    /** Another rule fires than before, which was null at the start. */
    static void ruleChanged(Turn turn, @Nullable Verdict before, Verdict now) {
        Integer logged = turn.told.rules().get(now.question());
        if (logged != null && (logged == now.rule() || isRetry(turn, logged, now.rule()))) {
            return;
        }
        turn.told = turn.told.logged(now.question(), now.rule());
        turn.log(
                EventCode.RULE_CHANGED,
                Map.of(
                        "question", now.question().name(),
                        "rule", now.label(),
                        "before", before == null ? "none" : before.label(),
                        "why", now.explanation()));
        refusals(turn, now.rule());
    }

    private static boolean isRetry(Turn turn, int logged, int rule) {
        boolean storeAway = turn.book.lostMs() >= 0 && logged == STORE_PAUSE;
        return RETRIES.getOrDefault(rule, Set.of()).contains(logged) || storeAway && IDLE.contains(rule);
    }

    private static void refusals(Turn turn, int rule) {
        View view = turn.view();
        switch (rule) {
            case DATA_REFUSED ->
                dataRefused(
                        turn, String.valueOf(Objects.requireNonNull(turn.data).problem()));
            case DATA_MISSING ->
                turn.log(
                        EventCode.DATA_MISSING,
                        Map.of(
                                "reason",
                                String.valueOf(Objects.requireNonNull(turn.data).problem())));
            case FOREIGN_SYSTEM_STOPS, FOREIGN_SYSTEM -> dataRefused(turn, Fitness.foreign(view));
            case AHEAD ->
                turn.log(
                        EventCode.DATA_AHEAD,
                        Map.of("holder", String.valueOf(view.record().holder().memberOrNull())));
            case NO_CANDIDATE -> mayNotLead(turn, view);
            case NOT_FROM_THIS_DATA -> tagged(turn, view);
            case NOT_FIT -> {
                if (!formsHere(view)) {
                    tagged(turn, view);
                }
                if (view.hasRecord() && !(view.record().holder() instanceof Holder.Held)) {
                    mayNotLead(turn, view);
                }
            }
            case START_PRIMARY -> {
                if (turn.ending != null
                        && turn.failures.starts() == 0
                        && !turn.peers().isEmpty()) {
                    failoverRefused(turn, others(view));
                }
            }
            case RELEASE -> {
                if (!view.terminating() && !turn.peers().isEmpty()) {
                    failoverRefused(turn, others(view));
                }
            }
            default -> {}
        }
    }

    /** The reason is told again only when it is another one. */
    private static void dataRefused(Turn turn, String reason) {
        if (!reason.equals(turn.told.dataRefused())) {
            turn.told = turn.told.dataRefused(reason);
            turn.log(EventCode.DATA_REFUSED, Map.of("reason", reason));
        }
    }

    /** The server runs, and could not be started again from what lies there now. */
    static void hidden(Turn turn) {
        DataFacts data = turn.data;
        if (data != null && data.content() == DataFacts.Content.COMPLETE && data.problem() != null) {
            dataRefused(turn, data.problem());
        }
    }

    /** Only of one that followed the holder: who has just started, or led, is nobody's hope. */
    private static void mayNotLead(Turn turn, View view) {
        if (view.sawHolder() && turn.data != null) {
            String obstacle = Fitness.obstacle(view);
            failoverRefused(turn, obstacle == null ? "it does not vote" : obstacle);
        }
    }

    /** Another member that is here has begun to form the cluster. */
    private static boolean formsHere(View view) {
        MemberName holder = view.hasRecord() ? view.record().holder().memberOrNull() : null;
        PeerState peer = holder == null ? null : view.state.peers().get(holder);
        return peer != null && peer.connected();
    }

    private static void tagged(Turn turn, View view) {
        if (Reforming.onlyTagged(view)) {
            failoverRefused(turn, "it is tagged nofailover, and the cluster would be formed again from its data");
        }
    }

    private static void failoverRefused(Turn turn, String reason) {
        turn.log(EventCode.FAILOVER_REFUSED, Map.of("reason", reason));
    }

    /** Why none of the other members was named as successor, each with its reason. */
    private static String others(View view) {
        StringJoiner reasons = new StringJoiner("; ");
        for (PeerState peer : view.state.peers().values()) {
            reasons.add(peer.peer().name() + ": " + Handover.shortcoming(view, peer));
        }
        return reasons.toString();
    }

    /** The term went to another, seen now: not told where this member itself gave it away. */
    static void lost(Turn turn, @Nullable MemberName holder, String newTerm) {
        turn.told = turn.told.lost(turn.gate == null ? -1 : turn.gate.launch());
        turn.log(EventCode.TERM_LOST, Map.of("holder", String.valueOf(holder), "newTerm", newTerm));
    }

    /** The server is killed because it is writable and another holds the term. */
    static void fenced(Turn turn) {
        GateFacts gate = turn.gate;
        View view = turn.view();
        MemberName holder = view.record().holder().memberOrNull();
        if (gate == null || gate.launch() == turn.told.lostLaunch()) {
            return;
        }
        if (gate.startedAsPrimary() || gate.permitMs() > 0) {
            lost(turn, holder, view.term().toString());
        } else {
            turn.log(EventCode.HAND_PROMOTION, Map.of("holder", String.valueOf(holder)));
        }
    }

    /** The holder goes on without the store, stops to, or will have to stop. */
    static void failsafe(Turn turn) {
        Failsafe.Standing before = turn.told.failsafe();
        Failsafe.Standing now = Failsafe.standing(turn.view());
        if (now.equals(before)) {
            return;
        }
        turn.told = turn.told.failsafe(now);
        if (now.carries() && !before.carries()) {
            turn.log(EventCode.FAILSAFE_ENTERED, Map.of());
        } else if (before.carries() && !now.carries()) {
            turn.log(EventCode.FAILSAFE_LEFT, Map.of());
        }
        // Afterwards nobody is asked.
        boolean counted = before.carries() || turn.nowMs < turn.view().storeLeaseMs();
        if (counted && !now.missing().isEmpty() && !now.missing().equals(before.missing())) {
            turn.log(EventCode.FAILSAFE_MISSING, Map.of("members", names(now.missing())));
        }
    }

    /** A cluster whose record was lost goes on from this member's data. */
    static void formedAgain(Turn turn, View view) {
        List<String> compared = view.state.peers().values().stream()
                .filter(PeerState::connected)
                .filter(peer -> !Reforming.ofAnotherSystem(view, peer))
                .map(peer -> peer.peer().name())
                .filter(name -> !Reforming.unseen(view).contains(name))
                .map(MemberName::value)
                .toList();
        Reach reach = Reforming.reach(view);
        turn.log(
                EventCode.FORMED_AGAIN,
                Map.of(
                        "position",
                        reach == null ? "unknown" : reach.position().toString(),
                        "members",
                        compared.isEmpty() ? "none" : String.join(", ", compared)));
    }

    /** A cold start went on: these voters' data was not seen. */
    static void unseen(Turn turn, List<MemberName> members) {
        if (!members.isEmpty()) {
            turn.log(EventCode.DATA_UNSEEN, Map.of("members", names(members)));
        }
    }

    private static String names(List<MemberName> members) {
        return String.join(", ", members.stream().map(MemberName::value).toList());
    }
}
