package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may lead, who goes first, and what is said of the others; one cluster goes through it all. */
class CandidatesTest {
    /** More than failover.max-lag, which is 1 MB. */
    private static final String MUCH = "SELECT pg_logical_emit_message(false, 'much', repeat('x', 3000000))";

    private static final String TOO_FAR = "behind the primary's last known position";

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private List<LocalMember> standbys;

    @BeforeAll
    static void form() throws SQLException {
        cluster = Scenario.formed(Scenario.PATIENT);
        oracle = new Oracle(cluster);
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        primary = oracle.begins();
        standbys = cluster.membersBut(primary);
        primary.query("CREATE TABLE IF NOT EXISTS rows (value bigint PRIMARY KEY)");
    }

    @AfterEach
    void bringBack() {
        Scenario.bringBack(cluster);
    }

    @Test
    @Tag("F4")
    void theStandbyWithTheMostWalLeadsWhateverItsName() throws SQLException {
        LocalMember first = standbys.getFirst();
        LocalMember last = standbys.getLast();
        awaitEqual();
        first.cutWal();
        primary.query("INSERT INTO rows VALUES (1) ON CONFLICT DO NOTHING");
        primary.query("SELECT txid_current()");
        awaitEqual(last);
        primary.loseNode();
        first.mendWal();
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(last);
        assertThat(last.query("SELECT count(*) FROM rows WHERE value = 1")).isEqualTo("1");
        primary.start();
        assertThat(oracle.holds()).isEqualTo(last);
    }

    @Test
    @Tag("F4")
    void ofEqualsTheOneWithPriorityLeads() throws SQLException {
        LocalMember last = standbys.getLast();
        last.settings().put("member.priority", "200");
        reload(last);
        // So that nothing is written behind the looks at who has what.
        primary.query("CHECKPOINT");
        awaitEqual();
        primary.loseNode();
        assertThat(standbys)
                .as("what they hold")
                .extracting(CandidatesTest::holds)
                .containsOnly(holds(last));
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(last);
        last.settings().clear();
        reload(last);
        primary.start();
        assertThat(oracle.holds()).isEqualTo(last);
    }

    @Test
    @Tag("F5")
    @Tag("O2")
    void aStandbyBeyondTheAllowedLagIsNotPromotedAndTheReasonIsSaid() throws SQLException {
        awaitEqual();
        for (LocalMember standby : standbys) {
            standby.cutWal();
        }
        primary.query(MUCH);
        primary.query("INSERT INTO rows VALUES (5) ON CONFLICT DO NOTHING");
        for (LocalMember standby : standbys) {
            Scenario.awaitNotPromoted(primary, standby, TOO_FAR);
        }
        primary.loseNode();
        for (LocalMember standby : standbys) {
            Scenario.awaitLogged(standby, "FAILOVER_REFUSED", TOO_FAR);
            Scenario.awaitNotPromoted(standby, standby, TOO_FAR);
        }
        assertThat(cluster.writable()).isEmpty();
        for (LocalMember standby : standbys) {
            standby.mendWal();
        }
        primary.start();
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(primary.query("SELECT count(*) FROM rows WHERE value = 5")).isEqualTo("1");
    }

    @Test
    @Tag("F6")
    @Tag("O2")
    void whileTheOnlyStandbyIsCloningThePrimaryRestartsInPlace() throws SQLException {
        LocalMember gone = standbys.getFirst();
        LocalMember cloning = standbys.getLast();
        gone.stop();
        try (WritingClient client = WritingClient.start(cluster, primary, "postgres")) {
            client.awaitWrites(20, Scenario.LIMIT);
            holdClone(cloning);
            long since = System.nanoTime();
            primary.killPostmaster();
            client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
            Scenario.awaitLogged(primary, "FAILOVER_REFUSED", cloning.name() + ": its data directory is");
            Scenario.awaitNotPromoted(primary, cloning, "its data directory is");
            assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(primary);
            Processes.signal("CONT", cloning.jobProcesses("pg_basebackup"));
            gone.start();
            assertThat(oracle.holds(client)).isEqualTo(primary);
        }
    }

    @Test
    @Tag("F12")
    @Tag("O2")
    void aSwitchoverToAMemberThatIsNotFitIsRefusedAndChangesNothing() throws SQLException {
        LocalMember lagging = standbys.getFirst();
        LocalMember other = standbys.getLast();
        try (WritingClient client = WritingClient.start(cluster, primary, "postgres")) {
            String before = term();
            refused("nobody", "nobody");
            refused(primary.name(), "is the primary already");
            lagging.cutWal();
            primary.query(MUCH);
            Scenario.awaitNotPromoted(primary, lagging, TOO_FAR);
            refused(lagging.name(), TOO_FAR);
            lagging.mendWal();

            other.settings().put("member.nofailover", "true");
            reload(other);
            Scenario.awaitNotPromoted(primary, other, "tagged nofailover");
            refused(other.name(), "tagged nofailover");
            other.settings().clear();
            reload(other);

            holdClone(other);
            Scenario.awaitNotPromoted(primary, other, "its data directory is");
            refused(other.name(), "its data directory is");
            Processes.signal("CONT", other.jobProcesses("pg_basebackup"));

            assertThat(term()).as("term").isEqualTo(before);
            assertThat(oracle.holds(client)).isEqualTo(primary);
        }
    }

    @Test
    @Tag("F13")
    void aManualFailoverWithoutAPrimaryWorks() throws SQLException {
        LocalMember target = standbys.getLast();
        awaitEqual();
        assertThat(LocalCluster.text(primary.admin().act("/pause", Scenario.body(), Scenario.LIMIT), "state"))
                .isEqualTo("done");
        primary.loseNode();
        failover(target, false);
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(target);
        resume(target);
        primary.start();
        assertThat(oracle.holds()).isEqualTo(target);
    }

    @Test
    @Tag("F13")
    void aManualFailoverThatMayLoseDataNeedsAFlag() throws SQLException {
        LocalMember target = standbys.getFirst();
        awaitEqual();
        target.cutWal();
        primary.query(MUCH);
        Scenario.awaitNotPromoted(primary, target, TOO_FAR);
        assertThat(LocalCluster.text(primary.admin().act("/pause", Scenario.body(), Scenario.LIMIT), "state"))
                .isEqualTo("done");
        primary.loseNode();
        target.mendWal();
        Waiting.until(
                "the primary is missed",
                Scenario.LIMIT,
                () -> refusal(target).contains(TOO_FAR),
                () -> refusal(target));
        assertThat(cluster.writable()).isEmpty();
        failover(target, true);
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(target);
        resume(target);
        primary.start();
        assertThat(oracle.holds()).isEqualTo(target);
    }

    private static String holds(LocalMember standby) {
        try {
            return standby.query(
                    "SELECT pg_last_wal_receive_lsn() || ' received, ' || pg_last_wal_replay_lsn() || ' replayed'");
        } catch (SQLException e) {
            throw new AssertionError(standby + " does not answer", e);
        }
    }

    private static String refusal(LocalMember target) {
        AdminPort.Reply reply = target.admin().post("/failover", Scenario.body("to", target.name()));
        assertThat(reply.status()).as(reply.text()).isBetween(400, 499);
        return reply.text();
    }

    private static void failover(LocalMember target, boolean mayLose) {
        var body = Scenario.body("to", target.name());
        body.addProperty("allowDataLoss", mayLose);
        Waiting.until("the failover is accepted", Scenario.LIMIT, () -> {
            AdminPort.Reply reply = target.admin().post("/failover", body);
            return reply.status() == 202 || reply.text().contains("is the primary already");
        });
    }

    private static void resume(LocalMember member) {
        assertThat(LocalCluster.text(member.admin().act("/resume", Scenario.body(), Scenario.LIMIT), "state"))
                .isEqualTo("done");
    }

    private void refused(String target, String reason) {
        AdminPort.Reply reply = primary.admin().post("/switchover", Scenario.body("to", target));
        assertThat(reply.status()).as(reply.text()).isBetween(400, 499);
        assertThat(reply.text()).contains(reason);
    }

    private static void reload(LocalMember member) {
        member.writeConfiguration();
        AdminPort.Reply reply = member.admin().post("/reload", Scenario.body());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    /** The member clones again, and gets no further. */
    private static void holdClone(LocalMember member) {
        AdminPort.Reply reply = member.admin().post("/reinit", Scenario.body("member", member.name()));
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        Waiting.until("a clone of " + member + " that is held", Scenario.LIMIT, () -> {
            List<Long> copying = member.jobProcesses("pg_basebackup");
            Processes.signal("STOP", copying);
            return !copying.isEmpty()
                    && copying.stream().allMatch(pid -> Processes.state(pid).equals("T"));
        });
    }

    private static String term() {
        return LocalCluster.text(Scenario.record(cluster), "term");
    }

    /** Waits until every standby, and its agent, has all that the primary wrote. */
    private void awaitEqual() throws SQLException {
        for (LocalMember standby : standbys) {
            awaitEqual(standby);
        }
    }

    private void awaitEqual(LocalMember standby) throws SQLException {
        String end = primary.query("SELECT pg_current_wal_flush_lsn()");
        Waiting.until(standby + " has all up to " + end, Scenario.LIMIT, () -> {
            try {
                // A walreceiver begins to count at the start of a segment, before what was replayed.
                return standby.query(
                                "SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) >= '" + end + "'")
                        .equals("t");
            } catch (SQLException e) {
                return false;
            }
        });
    }
}
