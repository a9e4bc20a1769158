package io.pgmahout.agent.routing;

import io.pgmahout.agent.model.Term;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What follows from what is seen and wished: the next move, pure. Why there are never two pods with the role
 * {@code primary}, whoever is late, is in docs/routing.md; in short:
 *
 * <ul>
 *   <li>every patch holds for the version that it was decided on alone;
 *   <li>a new primary moves the Service to its term, lists all pods after that, and takes role and term off every other
 *       pod before it gives itself the role;
 *   <li>who gives itself the role has the term's label on that very version of its pod, and an answer, asked for after
 *       it saw that version, that the Service leads to its term.
 * </ul>
 */
final class Plan {

    private Plan() {}

    /**
     * @param calm whether enough time has passed since this member's role changed: before, labels wait for the Service,
     *     because whatever else moves endpoints first delays it on every node
     */
    static Move next(RoutingTarget target, Wish wish, Scene scene, boolean calm) {
        if (scene.pods() == null) {
            return new Move.ListPods();
        }
        SeenPod own = scene.pods().get(target.pod());
        if (own == null) {
            return scene.ownPodMissing() ? new Move.Stuck("there is no pod " + target.pod()) : new Move.ReadOwnPod();
        }
        String cluster = own.labels().cluster();
        if (cluster != null && !cluster.equals(target.cluster())) {
            return new Move.Stuck("the pod " + own.name() + " is of the cluster " + cluster);
        }
        return switch (wish.role()) {
            case PRIMARY -> primary(target, wish, scene, scene.pods(), own);
            case STANDBY ->
                calm || hasMoved(target, wish, scene)
                        ? label(own, new Labels(target.cluster(), Labels.REPLICA, null))
                        : new Move.Nothing();
            // Whose server is down for a moment stays the one that the Service leads to.
            case NONE ->
                calm ? label(own, new Labels(target.cluster(), null, leadsTo(target, scene, own))) : new Move.Nothing();
        };
    }

    /** The pod's term, if the Service leads to it; else null. */
    private static @Nullable String leadsTo(RoutingTarget target, Scene scene, SeenPod own) {
        Term leads = scene.service() == null ? null : scene.service().leadsTo(target.cluster());
        return leads != null && leads.toString().equals(own.labels().term()) ? leads.toString() : null;
    }

    private static boolean hasMoved(RoutingTarget target, Wish wish, Scene scene) {
        Term owner = scene.service() == null ? null : scene.service().belongsTo(target.cluster());
        return owner != null && owner.atLeast(wish.term());
    }

    private static Move primary(RoutingTarget target, Wish wish, Scene scene, Map<String, SeenPod> pods, SeenPod own) {
        SeenService service = scene.service();
        if (service == null) {
            return scene.serviceMissing()
                    ? new Move.Stuck("there is no Service " + target.service())
                    : new Move.ReadService();
        }
        Term leads = service.leadsTo(target.cluster());
        Term owner = service.belongsTo(target.cluster());
        // A new term of the same primary leads to where it did: between two patches the Service would lead nowhere.
        Term term = leads != null && wish.term().atLeast(leads) && wearsAlone(own, leads, pods) ? leads : wish.term();
        boolean moved = term.equals(leads) && wish.term().equals(owner);
        boolean older = owner != null && !owner.atLeast(wish.term());
        if (!moved && !older) {
            // A selector that somebody wrote, or that of a newer primary: the store knows.
            if (scene.newest() == null || scene.askedAt() < service.seenAt()) {
                return new Move.AskTerm();
            }
            if (!wish.term().atLeast(scene.newest())) {
                return new Move.Nothing();
            }
        }
        Labels named = new Labels(target.cluster(), own.labels().role(), term.toString());
        if (!own.labels().equals(named)) {
            return moved && service.confirmedAt() < own.seenAt() ? new Move.ReadService() : new Move.Label(own, named);
        }
        if (!moved) {
            return new Move.Lead(service, term, wish.term());
        }
        return wish.promoting() ? new Move.Nothing() : role(scene, service, pods, own, named);
    }

    private static boolean wearsAlone(SeenPod own, Term term, Map<String, SeenPod> pods) {
        return pods.values().stream()
                .allMatch(pod -> pod.name().equals(own.name())
                        == term.toString().equals(pod.labels().term()));
    }

    private static Move role(Scene scene, SeenService service, Map<String, SeenPod> pods, SeenPod own, Labels named) {
        if (scene.listedAt() < service.seenAt()) {
            return new Move.ListPods();
        }
        Optional<SeenPod> former = pods.values().stream()
                .filter(pod -> !pod.name().equals(own.name()))
                .filter(pod -> Labels.PRIMARY.equals(pod.labels().role())
                        || pod.labels().term() != null)
                .min(Comparator.comparing(SeenPod::name));
        if (former.isPresent()) {
            SeenPod pod = former.get();
            String role = Labels.PRIMARY.equals(pod.labels().role())
                    ? null
                    : pod.labels().role();
            return new Move.Label(pod, new Labels(pod.labels().cluster(), role, null));
        }
        if (Labels.PRIMARY.equals(own.labels().role())) {
            return new Move.Nothing();
        }
        return service.confirmedAt() < own.seenAt()
                ? new Move.ReadService()
                : new Move.Label(own, new Labels(named.cluster(), Labels.PRIMARY, named.term()));
    }

    private static Move label(SeenPod pod, Labels wanted) {
        return pod.labels().equals(wanted) ? new Move.Nothing() : new Move.Label(pod, wanted);
    }
}
