package io.pgmahout.agent.routing;

import static io.pgmahout.agent.routing.RoutedCluster.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.kubernetes.KubernetesProxy;
import io.pgmahout.agent.kubernetes.KubernetesServer;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.routing.RoutedCluster.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients are led, on a real API server. */
class KubernetesRouterTest {

    private static final int CHANGES = 30;

    private RoutedCluster cluster;
    private PodHistory history;

    @BeforeEach
    void start() throws Exception {
        cluster = new RoutedCluster(3);
        history = new PodHistory(cluster);
    }

    @AfterEach
    void end() throws Exception {
        history.close();
        cluster.close();
    }

    /** No bootstrap differs from that: a Service that has no selector, members that lead or follow. */
    @Test
    void theServiceIsMovedWhileThePromotionRunsAndRolesFollow() throws Exception {
        Member former = cluster.member(0);
        Member next = cluster.member(1);
        Member other = cluster.member(2);
        lead(former, 1);
        follow(next, 1);
        follow(other, 1);
        cluster.awaitLeads(1);
        cluster.awaitLabel(0, "role", "primary");
        cluster.awaitLabel(1, "role", "replica");
        cluster.awaitLabel(2, "role", "replica");
        assertThat(former.logged(EventCode.ROUTING_MOVED)).isEqualTo(1);

        // The former primary is gone, and can take off nothing itself.
        former.router().close();
        cluster.term.set(2);
        next.router().route(Role.PRIMARY, new Term(2), true);
        cluster.awaitLeads(2);
        assertThat(cluster.label(1, "term")).isEqualTo("2");
        assertThat(cluster.label(1, "role")).isEqualTo("replica");
        assertThat(cluster.label(0, "role")).isEqualTo("primary");
        lead(next, 2);
        cluster.awaitLabel(1, "role", "primary");
        assertThat(cluster.label(0, "role")).isNull();
        assertThat(cluster.label(0, "term")).isNull();
        assertThat(cluster.label(2, "role")).isEqualTo("replica");
        assertNeverTwo();
        assertThat(next.logged(EventCode.ROUTING_CORRECTED)).isZero();
    }

    /** Its patch was on its way when the next one took over. */
    @Test
    void aLatePatchOfAFormerPrimaryHasNoEffect() throws Exception {
        try (KubernetesProxy proxy = new KubernetesProxy(cluster.server)) {
            Member former = cluster.member(0, proxy.endpoint(), KubernetesServer.ADMIN);
            lead(former, 1);
            cluster.awaitLabel(0, "role", "primary");
            String patch = "PATCH " + RoutedCluster.service(cluster.serviceName());
            String reads = "GET " + RoutedCluster.service(cluster.serviceName());
            proxy.fault(patch, new KubernetesProxy.Late(Duration.ofMinutes(1)));
            cluster.term.set(3);
            // The label of its pod is not its term's any more, so that it has to move the Service.
            cluster.label(0, "term", null);
            former.router().route(Role.PRIMARY, new Term(3), true);
            await().atMost(LIMIT).until(() -> proxy.requests(patch) >= 2);
            cluster.term.set(4);
            lead(cluster.member(1), 4);
            cluster.awaitLeads(4);
            cluster.awaitLabel(1, "role", "primary");
            long read = proxy.requests(reads);
            proxy.heal();
            // It has looked since, and so found out whom the Service belongs to.
            former.router().route(Role.PRIMARY, new Term(3), false);
            await().atMost(LIMIT).until(() -> cluster.label(0, "term") == null);
            await().atMost(LIMIT).until(() -> proxy.requests(reads) >= read);
            cluster.awaitLeads(4);
            cluster.awaitLabel(1, "role", "primary");
            assertThat(cluster.label(0, "role")).isNull();
            assertNeverTwo();
        }
    }

    @Test
    void whatSomebodyChangesIsPutRight() throws Exception {
        Member primary = cluster.member(0);
        Member standby = cluster.member(1);
        lead(primary, 1);
        follow(standby, 1);
        cluster.awaitLabel(0, "role", "primary");
        cluster.awaitLabel(1, "role", "replica");
        await().atMost(LIMIT).until(() -> cluster.reasons("Pod", cluster.pod(1)).contains("Replica"));

        cluster.select("\"7\"");
        cluster.awaitLeads(1);
        cluster.select("null");
        cluster.awaitLeads(1);
        cluster.label(0, "role", null);
        cluster.awaitLabel(0, "role", "primary");
        cluster.label(0, "term", "12");
        cluster.awaitLabel(0, "term", "1");
        cluster.label(0, "cluster", null);
        cluster.awaitLabel(0, "cluster", cluster.name);
        cluster.label(2, "term", "1");
        cluster.awaitLabel(2, "term", null);
        assertThat(primary.logged(EventCode.ROUTING_CORRECTED)).isGreaterThanOrEqualTo(6);
        cluster.label(1, "role", "primary");
        cluster.awaitLabel(1, "role", "replica");
        cluster.awaitLeads(1);
        assertThat(primary.logged(EventCode.ROUTING_LOST)).isZero();
    }

    /** It looks like a newer primary's, and the store says that it is. */
    @Test
    void aSelectorOfANewerTermIsLeftAlone() throws Exception {
        cluster.term.set(9);
        cluster.select("\"9\",\"pgmahout.io/cluster\":\"" + cluster.name + "\"");
        Member late = cluster.member(0);
        lead(late, 8);
        Member follower = cluster.member(1);
        follow(follower, 9);
        cluster.awaitLabel(1, "role", "replica");
        follow(late, 9);
        cluster.awaitLabel(0, "role", "replica");
        cluster.awaitLeads(9);
        assertThat(cluster.label(0, "term")).isNull();
        assertThat(late.logged(EventCode.ROUTING_MOVED)).isZero();
    }

    /** Its endpoints would be gone between two patches, and come back a second later. */
    @Test
    void aNewTermOfTheSamePrimaryMovesNothing() throws Exception {
        Member primary = cluster.member(0);
        lead(primary, 1);
        cluster.awaitLabel(0, "role", "primary");
        cluster.term.set(2);
        lead(primary, 2);
        cluster.awaitClaim(2);
        assertThat(cluster.selector()).containsEntry("pgmahout.io/term", "1");
        assertThat(cluster.label(0, "term")).isEqualTo("1");
    }

    @Test
    void whoServesNothingHasNoRole() throws Exception {
        Member primary = cluster.member(0);
        lead(primary, 1);
        cluster.awaitLabel(0, "role", "primary");
        primary.router().route(Role.NONE, new Term(1), false);
        cluster.awaitLabel(0, "role", null);
        assertThat(cluster.label(0, "term")).as("it still has the term").isEqualTo("1");
        follow(primary, 2);
        cluster.awaitLabel(0, "role", "replica");
        assertThat(cluster.label(0, "term")).isNull();
    }

    @Test
    void whatIsMissingIsNamedAndFoundWhenItComes() throws Exception {
        cluster.removeService();
        Member primary = cluster.member(0);
        lead(primary, 1);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(primary.detail(EventCode.ROUTING_LOST))
                        .isEqualTo("there is no Service " + cluster.serviceName()));
        cluster.service();
        cluster.awaitLeads(1);
        await().atMost(LIMIT).until(() -> primary.logged(EventCode.ROUTING_BACK) == 1);

        Member podless = cluster.member(7);
        follow(podless, 1);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(podless.detail(EventCode.ROUTING_LOST))
                        .isEqualTo("there is no pod " + cluster.pod(7)));
        cluster.pod(cluster.pod(7));
        cluster.awaitLabel(7, "role", "replica");
        await().atMost(LIMIT).until(() -> podless.logged(EventCode.ROUTING_BACK) == 1);
        assertThat(podless.logged(EventCode.ROUTING_LOST)).isEqualTo(1);
    }

    @Test
    void changesOfRoleAreEventsOfPodAndLease() throws Exception {
        Member member = cluster.member(0);
        follow(member, 1);
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(cluster.reasons("Pod", cluster.pod(0))).containsExactly("Replica"));
        lead(member, 2);
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(cluster.reasons("Pod", cluster.pod(0))).containsExactlyInAnyOrder("Replica", "Primary");
            assertThat(cluster.reasons("Lease", cluster.name)).containsExactly("Primary");
        });
    }

    /** Members that take over from each other at once, each before the last one knows. */
    @Test
    void neverTwoPrimariesThroughManyChanges() throws Exception {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(cluster.member(i));
        }
        Random random = new Random(1);
        int leader = 0;
        for (long term = 1; term <= CHANGES; term++) {
            int before = leader;
            leader = random.nextInt(3);
            cluster.term.set(term);
            members.get(leader).router().route(Role.PRIMARY, new Term(term), true);
            if (random.nextBoolean()) {
                cluster.awaitClaim(term);
            }
            lead(members.get(leader), term);
            if (random.nextInt(3) > 0) {
                cluster.awaitLabel(leader, "role", "primary");
            }
            for (int i = 0; i < 3; i++) {
                if (i != leader && (i != before || random.nextBoolean())) {
                    follow(members.get(i), term);
                }
            }
        }
        cluster.awaitLabel(leader, "role", "primary");
        for (int i = 0; i < 3; i++) {
            if (i != leader) {
                follow(members.get(i), CHANGES);
                cluster.awaitLabel(i, "role", "replica");
                cluster.awaitLabel(i, "term", null);
            }
        }
        cluster.awaitLabel(leader, "role", "primary");
        Map<String, String> selector = cluster.selector();
        assertThat(selector).containsEntry("pgmahout.io/term", cluster.label(leader, "term"));
        assertThat(history.primaries()).hasSizeGreaterThan(CHANGES);
        assertNeverTwo();
    }

    private void assertNeverTwo() {
        assertThat(history.primaries())
                .isNotEmpty()
                .allSatisfy(names -> assertThat(names).hasSizeLessThanOrEqualTo(1));
    }

    private static void lead(Member member, long term) {
        member.router().route(Role.PRIMARY, new Term(term), false);
    }

    private static void follow(Member member, long term) {
        member.router().route(Role.STANDBY, new Term(term), false);
    }
}
