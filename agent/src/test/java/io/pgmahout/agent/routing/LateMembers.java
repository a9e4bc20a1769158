package io.pgmahout.agent.routing;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.model.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One random course of events: an API server in memory, and members that plan on what they were told of it. */
final class LateMembers {

    /** How the API server behaves. */
    enum Server {
        STRICT,
        /** It applies a patch to whatever version is there. */
        IGNORES_VERSIONS
    }

    private static final String CLUSTER = "zoo";
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int STEPS = 150;
    private static final int CALM_STEPS = 400;

    private final Random random;
    private final Server server;
    private final String seed;
    private final List<State> states = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private long term = 1;
    private int leader;
    private long sent;
    private @Nullable String fault;

    /** All objects at one moment; the last of {@link #states} is now. */
    private record State(long version, Map<String, SeenPod> pods, SeenService service) {}

    /** A request that is on its way, or whose sender has given it up. */
    private record Sent(long id, Move move) {}

    private static final class Member {
        final RoutingTarget target;
        final List<Sent> onTheWay = new ArrayList<>();
        Scene scene = Scene.UNKNOWN;
        Wish wish = new Wish(Role.NONE, Term.NONE, false);

        @Nullable
        Sent awaited;

        int watchedPods;
        int watchedService;

        Member(String name) {
            target = new RoutingTarget(CLUSTER, name, "zoo-rw");
        }
    }

    LateMembers(long seed, Server server) {
        this.random = new Random(seed);
        this.server = server;
        this.seed = server + " seed " + seed;
        Map<String, SeenPod> pods = new TreeMap<>();
        for (String name : NAMES) {
            pods.put(name, new SeenPod(name, name, 1, true, new Labels(CLUSTER, null, null), 0));
            members.add(new Member(name));
        }
        states.add(new State(1, pods, new SeenService(1, Map.of(), false, null, 0, 0)));
    }

    /** What went wrong, if anything did. */
    Optional<String> fault() {
        for (int step = 0; step < STEPS && fault == null; step++) {
            happen();
        }
        for (int step = 0; step < CALM_STEPS && fault == null; step++) {
            for (int i = 0; i < NAMES.size(); i++) {
                members.get(i).wish = wish(i, false);
                watch(members.get(i), true);
                act(members.get(i));
                arrive(members.get(i));
            }
        }
        return Optional.ofNullable(fault == null ? unsettled() : fault).map(what -> seed + ": " + what);
    }

    private void happen() {
        int which = random.nextInt(NAMES.size());
        Member member = members.get(which);
        switch (random.nextInt(12)) {
            case 0 -> {
                if (random.nextInt(3) == 0) {
                    term++;
                    leader = which;
                    member.wish = wish(which, true);
                }
            }
            case 1 -> member.wish = wish(which, random.nextBoolean());
            case 2, 3 -> watch(member, random.nextBoolean());
            case 4 -> giveUp(member);
            case 5, 6, 7, 8 -> arrive(member);
            default -> act(member);
        }
    }

    private Wish wish(int which, boolean promoting) {
        boolean leads = which == leader;
        return new Wish(leads ? Role.PRIMARY : Role.STANDBY, new Term(term), leads && promoting);
    }

    /** Takes the next that the watches tell, or all of it. */
    private void watch(Member member, boolean all) {
        do {
            if (member.watchedPods < states.size()) {
                for (SeenPod pod : states.get(member.watchedPods++).pods().values()) {
                    member.scene = member.scene.pod(pod);
                }
            }
            if (member.watchedService < states.size() && (all || random.nextBoolean())) {
                SeenService service = states.get(member.watchedService++).service();
                member.scene = member.scene.service(service, false);
            }
        } while (all && member.watchedPods + member.watchedService < 2 * states.size());
    }

    private void act(Member member) {
        if (member.awaited == null) {
            Move move = Plan.next(member.target, member.wish, member.scene, random.nextBoolean());
            if (!(move instanceof Move.Nothing)) {
                member.awaited = new Sent(++sent, move);
                member.onTheWay.add(member.awaited);
            }
        }
    }

    /** It may still arrive. */
    private void giveUp(Member member) {
        Sent given = member.awaited;
        if (given != null) {
            member.awaited = null;
            if (given.move() instanceof Move.Label) {
                member.scene = member.scene.podsUnknown();
            } else if (given.move() instanceof Move.Lead) {
                member.scene = member.scene.serviceUnknown();
            }
        }
    }

    private void arrive(Member member) {
        if (!member.onTheWay.isEmpty()) {
            Sent arrived = member.onTheWay.remove(random.nextInt(member.onTheWay.size()));
            Scene after = done(arrived.move(), member.scene);
            if (arrived.equals(member.awaited)) {
                member.awaited = null;
                member.scene = after;
            }
        }
    }

    private Scene done(Move move, Scene scene) {
        State now = states.getLast();
        return switch (move) {
            case Move.ListPods list -> scene.listed(List.copyOf(now.pods().values()));
            case Move.ReadService read -> scene.service(now.service(), true);
            case Move.AskTerm ask -> scene.term(new Term(term));
            case Move.Label label -> {
                SeenPod stored = now.pods().get(label.pod().name());
                if (stored == null || !applies(stored.version(), label.pod().version())) {
                    yield scene.podsUnknown();
                }
                Map<String, SeenPod> pods = new HashMap<>(now.pods());
                SeenPod next = new SeenPod(stored.name(), stored.uid(), now.version() + 1, true, label.labels(), 0);
                pods.put(stored.name(), next);
                become(pods, now.service());
                yield scene.pod(next);
            }
            case Move.Lead lead -> {
                if (!applies(now.service().version(), lead.service().version())) {
                    yield scene.serviceUnknown();
                }
                SeenService next = new SeenService(
                        now.version() + 1,
                        SeenService.selector(CLUSTER, lead.term()),
                        true,
                        lead.claim().toString(),
                        0,
                        0);
                become(now.pods(), next);
                yield scene.service(next, true);
            }
            case Move.Nothing nothing -> scene;
            case Move.ReadOwnPod read -> throw new AssertionError("the pods are all there");
            case Move.Stuck stuck -> throw new AssertionError(stuck.reason());
        };
    }

    private boolean applies(long stored, long decidedOn) {
        return server == Server.IGNORES_VERSIONS || stored == decidedOn;
    }

    private void become(Map<String, SeenPod> pods, SeenService service) {
        Term before = states.getLast().service().belongsTo(CLUSTER);
        Term after = service.belongsTo(CLUSTER);
        states.add(new State(states.getLast().version() + 1, pods, service));
        if (primaries(pods) > 1) {
            fault = "two primaries: " + pods;
        } else if (before != null && (after == null || !after.atLeast(before))) {
            fault = "the Service went back from " + before + " to " + after;
        }
    }

    private static long primaries(Map<String, SeenPod> pods) {
        return pods.values().stream()
                .filter(pod -> Labels.PRIMARY.equals(pod.labels().role()))
                .count();
    }

    private @Nullable String unsettled() {
        State end = states.getLast();
        Term leads = end.service().leadsTo(CLUSTER);
        for (int i = 0; i < NAMES.size(); i++) {
            Labels labels = Objects.requireNonNull(end.pods().get(NAMES.get(i))).labels();
            Labels wanted = i == leader
                    ? new Labels(CLUSTER, Labels.PRIMARY, String.valueOf(leads))
                    : new Labels(CLUSTER, Labels.REPLICA, null);
            if (!labels.equals(wanted)) {
                return "in the end " + NAMES.get(i) + " has " + labels + ", and the Service leads to " + leads;
            }
        }
        return null;
    }
}
