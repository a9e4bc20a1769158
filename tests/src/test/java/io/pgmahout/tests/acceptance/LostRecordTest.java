package io.pgmahout.tests.acceptance;

import static io.pgmahout.tests.acceptance.Looks.has;
import static io.pgmahout.tests.acceptance.Looks.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cluster record is lost while every member is down, as where volumes are restored without it. */
class LostRecordTest {
    private static final Duration LIMIT = Scenario.LIMIT;

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember former;
    private LocalMember last;
    private LocalMember third;

    @BeforeAll
    static void form() {
        cluster = Scenario.formed(Scenario.PATIENT.withSetting("failover.cold-start-wait", "10s"));
        oracle = new Oracle(cluster);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** One leads, is lost, and another one leads with rows that the first does not have; then all is down. */
    @BeforeEach
    void lead() throws Exception {
        former = oracle.begins();
        oracle.callsFor(EventCode.DATA_AHEAD);
        former.query("DROP TABLE IF EXISTS later");
        oracle.holds();
        former.loseNode();
        last = cluster.awaitPrimary(LIMIT);
        third = cluster.membersBut(former).stream()
                .filter(member -> member != last)
                .findAny()
                .orElseThrow();
        last.query("CREATE TABLE later (x int)");
        Waiting.until("replicated", LIMIT, () -> has(third, "later"));
        List.of(last, third).forEach(LocalMember::loseNode);
        Files.delete(cluster.record());
    }

    @AfterEach
    void bringBack() {
        Scenario.bringBack(cluster);
    }

    @Test
    void theMemberWithTheNewestDataFormsTheClusterAgain() throws Exception {
        former.start();
        Waiting.until("it waits", LIMIT, () -> rule(former).equals("no-record"), cluster::summary);
        List.of(last, third).forEach(LocalMember::start);
        assertThat(formsAgain()).isEqualTo(last);
        assertThat(has(former, "later")).isTrue();
    }

    @Test
    void aStandbysDataFormsItWhereTheLastPrimarysIsLost() throws Exception {
        last.loseVolume();
        cluster.members().forEach(LocalMember::start);
        assertThat(formsAgain()).isEqualTo(third);
        assertThat(has(last, "later")).isTrue();
        assertThat(Scenario.logged(third, "DATA_UNSEEN", last.name())).isPositive();
    }

    @Test
    void newerDataThatComesLateIsLeftAsItIs() throws Exception {
        former.start();
        assertThat(cluster.awaitPrimary(LIMIT)).isEqualTo(former);
        Map<LocalMember, Integer> from =
                Map.of(last, last.agentLog().length(), third, third.agentLog().length());
        List.of(last, third).forEach(LocalMember::start);
        for (LocalMember ahead : List.of(last, third)) {
            Waiting.until(ahead + " stands still", LIMIT, () -> rule(ahead).equals("ahead"), cluster::summary);
            Scenario.awaitLogged(ahead, "DATA_AHEAD", "");
            assertThat(ahead.agentLog().substring(from.get(ahead))).doesNotContain("CLONE_STARTED", "REWIND_STARTED");
        }
        for (LocalMember ahead : List.of(last, third)) {
            assertThat(ahead.admin()
                            .post("/reinit", Scenario.body("member", ahead.name()))
                            .status())
                    .isEqualTo(202);
        }
        assertThat(formsAgain()).isEqualTo(former);
        assertThat(has(last, "later")).isFalse();
    }

    /** Its directory is a standby's by then: it was to be promoted, and one that does not start is cloned otherwise. */
    @Test
    void newestDataThatDoesNotStartIsNotClonedOver() throws Exception {
        List.of(last, third).forEach(LocalMember::start);
        LocalMember newest = cluster.awaitPrimary(LIMIT);
        LocalMember next = newest == last ? third : last;
        newest.query("CREATE TABLE early (x int)");
        Waiting.until("replicated", LIMIT, () -> has(next, "early"), cluster::summary);
        next.cutWal();
        newest.query("CREATE TABLE more (x int)");
        List.of(newest, next).forEach(LocalMember::loseNode);
        Files.delete(cluster.record());
        Files.writeString(
                newest.data().resolve("postgresql.auto.conf"),
                "shared_preload_libraries = 'there_is_no_such_library'\n",
                StandardOpenOption.APPEND);
        int from = newest.agentLog().length();
        List.of(newest, next).forEach(LocalMember::start);
        Waiting.until("it leads", LIMIT, () -> cluster.writable().equals(List.of(next)), cluster::summary);
        Waiting.until(newest + " stands still", LIMIT, () -> rule(newest).equals("ahead"), cluster::summary);
        assertThat(newest.agentLog().substring(from)).doesNotContain("CLONE_STARTED", "REWIND_STARTED");
        next.mendWal();
        former.start();
        assertThat(newest.admin()
                        .post("/reinit", Scenario.body("member", newest.name()))
                        .status())
                .isEqualTo(202);
        assertThat(formsAgain()).isEqualTo(next);
        assertThat(has(newest, "more")).isFalse();
    }

    private static LocalMember formsAgain() throws SQLException, IOException {
        LocalMember primary = oracle.holds();
        Scenario.awaitLogged(primary, "FORMED_AGAIN", "");
        try (WritingClient client = WritingClient.start(cluster, primary, "postgres")) {
            assertThat(oracle.holds(client)).isEqualTo(primary);
        }
        return primary;
    }
}
