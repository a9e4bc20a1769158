package io.pgmahout.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.model.Term;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What follows from what is seen and wished, row by row. The member is b of zoo; a led as of term 3. */
class PlanTest {

    private static final RoutingTarget TARGET = new RoutingTarget("zoo", "b", "zoo-rw");
    private static final Wish PROMOTING = new Wish(Role.PRIMARY, new Term(4), true);
    private static final Wish PRIMARY = new Wish(Role.PRIMARY, new Term(4), false);
    private static final Wish AGAIN = new Wish(Role.PRIMARY, new Term(9), false);
    private static final Wish STANDBY = new Wish(Role.STANDBY, new Term(4), false);
    private static final Wish NONE = new Wish(Role.NONE, new Term(4), false);
    private static final boolean CALM = true;
    private static final boolean EARLY = false;

    private static final List<SeenPod> ALONE = List.of(pod("a", 13, null, null), pod("b", 12, "replica", "4"));

    private record Row(String when, Wish wish, Scene scene, boolean calm, String then) {}

    private static final List<Row> ROWS = List.of(
            // Who led is known before anything is changed.
            new Row("nothing is known", PROMOTING, Scene.UNKNOWN, EARLY, "list the pods"),
            new Row(
                    "the own pod is not among them",
                    PROMOTING,
                    pods(pod("a", 1, null, null)),
                    EARLY,
                    "read the own pod"),
            new Row("it is not there", PROMOTING, pods().noOwnPod(), EARLY, "stuck: there is no pod b"),
            new Row(
                    "it is another cluster's",
                    PROMOTING,
                    pods().pod(new SeenPod("b", "u", 1, true, new Labels("farm", null, null), 0)),
                    EARLY,
                    "stuck: the pod b is of the cluster farm"),
            new Row("the Service is not known", PROMOTING, before(), EARLY, "read the Service"),
            new Row("there is no Service", PROMOTING, before().noService(), EARLY, "stuck: there is no Service zoo-rw"),

            // The own label, then the Service, then nothing until the promotion is done.
            new Row("the Service leads to a", PROMOTING, leads(before(), 3), EARLY, "b: pgmahout.io/term none → 4"),
            new Row("b wears its term", PROMOTING, leads(named(), 3), EARLY, "Service of version 20 to term 4"),
            new Row("b is led to", PROMOTING, leads(named(), 4), EARLY, "nothing"),

            // Roles: all pods of a time after the move, the former primary's off, the own on.
            new Row("promoted", PRIMARY, leads(named(), 4), EARLY, "list the pods"),
            new Row(
                    "a still has its role",
                    PRIMARY,
                    leads(named(), 4).listed(List.of(pod("a", 10, "primary", "3"), pod("b", 12, "replica", "4"))),
                    EARLY,
                    "a: pgmahout.io/role primary → none, pgmahout.io/term 3 → none"),
            new Row(
                    "a could still give itself the role",
                    PRIMARY,
                    leads(named(), 4).listed(List.of(pod("a", 15, null, "3"), pod("b", 12, "replica", "4"))),
                    EARLY,
                    "a: pgmahout.io/term 3 → none"),
            new Row(
                    "somebody made a replica look like a primary",
                    PRIMARY,
                    leads(named(), 4).listed(List.of(pod("b", 12, "primary", "4"), pod("c", 13, "replica", "4"))),
                    EARLY,
                    "c: pgmahout.io/term 4 → none"),
            new Row("no other is left", PRIMARY, alone(), EARLY, "b: pgmahout.io/role replica → primary"),
            new Row(
                    "the own pod has changed since the Service was asked for",
                    PRIMARY,
                    alone().pod(pod("b", 30, "replica", "4")),
                    EARLY,
                    "read the Service"),
            new Row(
                    "and still it leads to b",
                    PRIMARY,
                    alone().pod(pod("b", 30, "replica", "4")).service(service(20, selector("zoo", "4")), true),
                    EARLY,
                    "b: pgmahout.io/role replica → primary"),
            new Row(
                    "and it leads elsewhere",
                    PRIMARY,
                    alone().pod(pod("b", 30, "replica", "4")).service(service(40, selector("zoo", "5")), true),
                    EARLY,
                    "ask the store for the term"),
            new Row(
                    "a watch alone says so: it may be late",
                    PRIMARY,
                    alone().pod(pod("b", 30, "replica", "4")).service(service(20, selector("zoo", "4")), false),
                    EARLY,
                    "read the Service"),
            new Row("all is done", PRIMARY, done(), CALM, "nothing"),

            // A term never goes back; who is late finds out from the store.
            new Row("a newer term is led to", PROMOTING, leads(before(), 5), EARLY, "ask the store for the term"),
            new Row("it is newer", PROMOTING, leads(before(), 5).term(new Term(5)), EARLY, "nothing"),
            new Row(
                    "somebody wrote it",
                    PROMOTING,
                    leads(before(), 5).term(new Term(4)),
                    EARLY,
                    "b: pgmahout.io/term none → 4"),
            new Row(
                    "and b wears its own",
                    PROMOTING,
                    leads(named(), 5).term(new Term(4)),
                    EARLY,
                    "Service of version 20 to term 4"),
            new Row(
                    "the store was asked before it was seen",
                    PROMOTING,
                    leads(named().term(new Term(4)), 5),
                    EARLY,
                    "ask the store for the term"),
            new Row(
                    "no selector",
                    PROMOTING,
                    named().service(service(20, Map.of()), true),
                    EARLY,
                    "ask the store for the term"),
            new Row(
                    "another cluster's",
                    PROMOTING,
                    named().service(service(20, selector("farm", "3")), true),
                    EARLY,
                    "ask the store for the term"),
            new Row(
                    "no number",
                    PROMOTING,
                    named().service(service(20, selector("zoo", "03")), true).term(new Term(4)),
                    EARLY,
                    "Service of version 20 to term 4"),
            new Row(
                    "one label more",
                    PROMOTING,
                    named().service(service(20, Map.of(Labels.CLUSTER, "zoo", Labels.TERM, "4", "app", "x")), true)
                            .term(new Term(4)),
                    EARLY,
                    "Service of version 20 to term 4"),

            // What somebody changed under a primary.
            new Row(
                    "its term was taken off: by a newer primary, perhaps",
                    PRIMARY,
                    done().pod(pod("b", 50, "primary", null)),
                    CALM,
                    "read the Service"),
            new Row(
                    "it was not",
                    PRIMARY,
                    done().pod(pod("b", 50, "primary", null)).service(service(20, selector("zoo", "4")), true),
                    CALM,
                    "b: pgmahout.io/term none → 4"),
            new Row(
                    "its cluster was taken off",
                    PRIMARY,
                    done().pod(new SeenPod("b", "u", 50, true, new Labels(null, "primary", "4"), 0))
                            .service(service(20, selector("zoo", "4")), true),
                    CALM,
                    "b: pgmahout.io/cluster none → zoo"),
            new Row(
                    "a replica was given its role",
                    PRIMARY,
                    done().pod(pod("c", 50, "primary", null)),
                    CALM,
                    "c: pgmahout.io/role primary → none"),

            // A new term of the same primary: between two patches the Service would lead nowhere.
            new Row("re-affirmed", AGAIN, done(), CALM, "Service of version 20 to term 4, claimed for 9"),
            new Row(
                    "and claimed",
                    AGAIN,
                    done().service(claimed(21, "4", "9"), true).listed(ALONE),
                    CALM,
                    "nothing"),
            new Row(
                    "and claimed by another since",
                    AGAIN,
                    done().service(claimed(21, "4", "10"), true),
                    CALM,
                    "ask the store for the term"),
            new Row(
                    "the claim is no number",
                    PRIMARY,
                    done().service(claimed(21, "4", "x"), true),
                    CALM,
                    "list the pods"),
            new Row(
                    "re-affirmed while another wears the term",
                    AGAIN,
                    done().pod(pod("c", 50, "replica", "4")),
                    CALM,
                    "b: pgmahout.io/term 4 → 9"),

            // A replica, and a member that is neither.
            new Row(
                    "follows, and the primary is led to",
                    STANDBY,
                    leads(fresh(), 4),
                    EARLY,
                    "b: pgmahout.io/role none → replica"),
            new Row(
                    "follows a primary of a new term, to whom it led before",
                    new Wish(Role.STANDBY, new Term(9), false),
                    fresh().service(claimed(20, "4", "9"), true),
                    EARLY,
                    "b: pgmahout.io/role none → replica"),
            new Row("follows, and the primary is not led to yet", STANDBY, leads(fresh(), 3), EARLY, "nothing"),
            new Row("follows, and nothing is known of the Service", STANDBY, fresh(), EARLY, "nothing"),
            new Row("has waited", STANDBY, leads(fresh(), 3), CALM, "b: pgmahout.io/role none → replica"),
            new Row("has waited for a Service", STANDBY, fresh(), CALM, "b: pgmahout.io/role none → replica"),
            new Row(
                    "led before",
                    STANDBY,
                    pods(pod("b", 9, "primary", "3")),
                    CALM,
                    "b: pgmahout.io/role primary → replica, pgmahout.io/term 3 → none"),
            new Row("is a replica", STANDBY, before(), CALM, "nothing"),
            new Row("is down for a moment", NONE, leads(before(), 4), EARLY, "nothing"),
            new Row("is down", NONE, before(), CALM, "b: pgmahout.io/role replica → none"),
            new Row("is down, and led to", NONE, done(), CALM, "b: pgmahout.io/role primary → none"),
            new Row(
                    "is down, and led to no more",
                    NONE,
                    done().service(service(60, selector("zoo", "5")), false),
                    CALM,
                    "b: pgmahout.io/role primary → none, pgmahout.io/term 4 → none"));

    @TestFactory
    Stream<DynamicTest> rows() {
        return ROWS.stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.wish().role() + ", " + row.when(),
                        () -> assertThat(words(Plan.next(TARGET, row.wish(), row.scene(), row.calm())))
                                .isEqualTo(row.then())));
    }

    private static String words(Move move) {
        return switch (move) {
            case Move.Nothing nothing -> "nothing";
            case Move.ListPods list -> "list the pods";
            case Move.ReadOwnPod read -> "read the own pod";
            case Move.ReadService read -> "read the Service";
            case Move.AskTerm ask -> "ask the store for the term";
            case Move.Label label ->
                label.pod().name() + ": " + label.pod().labels().changedTo(label.labels());
            case Move.Lead lead ->
                "Service of version " + lead.service().version() + " to term " + lead.term()
                        + (lead.claim().equals(lead.term()) ? "" : ", claimed for " + lead.claim());
            case Move.Stuck stuck -> "stuck: " + stuck.reason();
        };
    }

    /** b has just begun. */
    private static Scene fresh() {
        return pods(pod("b", 11, null, null));
    }

    /** a led, b followed. */
    private static Scene before() {
        return pods(pod("a", 10, "primary", "3"), pod("b", 11, "replica", null));
    }

    private static Scene named() {
        return before().pod(pod("b", 12, "replica", "4"));
    }

    /** b is led to, and no other wears role or term. */
    private static Scene alone() {
        return leads(named(), 4).listed(ALONE);
    }

    private static Scene done() {
        return alone().pod(pod("b", 14, "primary", "4"));
    }

    private static Scene leads(Scene scene, long term) {
        return scene.service(service(20, selector("zoo", Long.toString(term))), true);
    }

    private static SeenService service(long version, Map<String, String> selector) {
        return new SeenService(version, selector, false, null, 0, 0);
    }

    private static SeenService claimed(long version, String term, String claim) {
        return new SeenService(version, selector("zoo", term), true, claim, 0, 0);
    }

    private static Map<String, String> selector(String cluster, String term) {
        return Map.of(Labels.CLUSTER, cluster, Labels.TERM, term);
    }

    private static Scene pods(SeenPod... pods) {
        return Scene.UNKNOWN.listed(List.of(pods));
    }

    private static SeenPod pod(String name, long version, @Nullable String role, @Nullable String term) {
        return new SeenPod(name, "uid-" + name, version, true, new Labels("zoo", role, term), 0);
    }
}
