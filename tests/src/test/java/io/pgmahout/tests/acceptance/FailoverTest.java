package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One three-member cluster goes through its scenarios one after the other, under a client that writes all the time. */
class FailoverTest {
    /** Far above what the benchmark must show: a busy machine may take its time. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private WritingClient client;

    @BeforeAll
    static void form() throws SQLException {
        cluster = LocalCluster.create(ClusterOptions.DEFAULT
                .withSetting("failover.peer-lease", "1500ms")
                .withSetting("failover.peer-lease-max", "3s")
                .withSetting("failover.drop-after", "4s"));
        oracle = new Oracle(cluster);
        cluster.start();
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void write() throws SQLException {
        primary = oracle.begins();
        client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, LIMIT);
    }

    @AfterEach
    void stopWriting() {
        client.close();
    }

    @Test
    @Tag("A1")
    void threeEmptyMembersFormOneCluster() throws SQLException {
        assertThat(oracle.holds(client)).isEqualTo(primary);
    }

    @Test
    @Tag("F1")
    void postgresOfThePrimaryIsKilledAndNoAcknowledgedRowIsLost() throws SQLException {
        long since = System.nanoTime();
        primary.killPostmaster();
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        oracle.holds(client);
    }

    @Test
    @Tag("F2")
    @Tag("R1")
    void nodeLossOfThePrimaryAndItsReturnAsAStandby() throws SQLException {
        long since = System.nanoTime();
        primary.loseNode();
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        assertThat(cluster.awaitPrimary(LIMIT)).isNotEqualTo(primary);
        primary.start();
        assertThat(oracle.holds()).isNotEqualTo(primary);
        client.awaitWrites(20, LIMIT);
    }

    @Test
    @Tag("F3")
    void cleanStopOfThePrimaryHandsOverEveryRow() throws SQLException {
        long since = System.nanoTime();
        primary.stop();
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        assertThat(cluster.awaitPrimary(LIMIT)).isNotEqualTo(primary);
        primary.start();
        assertThat(oracle.holds(client)).isNotEqualTo(primary);
    }

    @Test
    @Tag("F9")
    void postgresOfAStandbyIsKilledAndNobodyChangesRoles() throws SQLException {
        LocalMember standby = cluster.membersBut(primary).getFirst();
        Optional<Long> killed = standby.postmaster();
        standby.killPostmaster();
        Waiting.until(
                "another postmaster of " + standby,
                LIMIT,
                () -> standby.postmaster()
                        .filter(other -> !killed.equals(Optional.of(other)))
                        .isPresent());
        assertThat(oracle.holds(client)).isEqualTo(primary);
    }

    @Test
    @Tag("F11")
    void switchoverToANamedMember() throws SQLException {
        LocalMember target = cluster.membersBut(primary).getLast();
        JsonObject body = new JsonObject();
        body.addProperty("to", target.name());
        JsonObject action = primary.admin().act("/switchover", body, LIMIT);
        assertThat(LocalCluster.text(action, "state")).isEqualTo("done");
        assertThat(oracle.holds(client)).isEqualTo(target);
    }

    @Test
    @Tag("F12")
    void switchoverToAnUnknownMemberIsRefusedAndChangesNothing() throws SQLException {
        JsonObject body = new JsonObject();
        body.addProperty("to", "nobody");
        AdminPort.Reply reply = primary.admin().post("/switchover", body);
        assertThat(reply.status()).isBetween(400, 499);
        assertThat(reply.text()).contains("nobody");
        assertThat(oracle.holds(client)).isEqualTo(primary);
    }

    @Test
    @Tag("F14")
    void aStandbyPromotedByHandIsStoppedAndRejoins() throws SQLException {
        oracle.callsFor(EventCode.HAND_PROMOTION);
        LocalMember standby = cluster.membersBut(primary).getFirst();
        standby.query("SELECT pg_promote(false)");
        Waiting.until(
                "the log names the promotion by hand",
                LIMIT,
                () -> standby.agentLog().contains("HAND_PROMOTION"),
                standby::agentLog);
        // What the standby acknowledged before its gate's next check is the bound that docs/safety.md states.
        assertThat(oracle.holds(client, row -> !row.member().equals(standby.name())))
                .isEqualTo(primary);
    }

    @Test
    @Tag("S4")
    void aFrozenAgentOfThePrimaryIsFencedByItsGate() throws SQLException {
        oracle.callsFor(EventCode.PERMIT_LAPSED);
        long since = System.nanoTime();
        primary.signalAgent("STOP");
        try {
            client.awaitWriteAnew(primary.name(), since, LIMIT);
            Waiting.until(
                    "the gate kills what it froze",
                    LIMIT,
                    () -> primary.serverProcesses().isEmpty());
        } finally {
            primary.signalAgent("CONT");
        }
        assertThat(oracle.holds()).isNotEqualTo(primary);
    }

    @Test
    @Tag("O4")
    void whilePausedNobodyTakesOver() throws SQLException {
        assertThat(LocalCluster.text(primary.admin().act("/pause", new JsonObject(), LIMIT), "state"))
                .isEqualTo("done");
        primary.killPostmaster();
        Waiting.until(
                "the server is gone", LIMIT, () -> primary.serverProcesses().isEmpty());
        assertThat(cluster.writable()).isEmpty();
        assertThat(LocalCluster.text(primary.admin().act("/resume", new JsonObject(), LIMIT), "state"))
                .isEqualTo("done");
        oracle.holds(client);
    }
}
