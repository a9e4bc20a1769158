package io.pgmahout.tests.acceptance;

import static io.pgmahout.tests.acceptance.Looks.backend;
import static io.pgmahout.tests.acceptance.Looks.has;
import static io.pgmahout.tests.acceptance.Looks.read;
import static io.pgmahout.tests.acceptance.Looks.servesOf;
import static io.pgmahout.tests.acceptance.Looks.term;
import static io.pgmahout.tests.acceptance.Looks.votes;
import static io.pgmahout.tests.acceptance.Looks.wellAt;
import static io.pgmahout.tests.acceptance.Looks.writes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.StoppedServer;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How members come back: after a loss, a move, an upgrade, a repair that was cut off. */
class ReturningTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static LocalCluster cluster;
    private static Oracle oracle;
    private static Roles roles;

    private LocalMember primary;

    @BeforeAll
    static void form() throws SQLException {
        cluster = LocalCluster.create(ClusterOptions.DEFAULT
                .withSetting("failover.peer-lease", "1500ms")
                .withSetting("failover.peer-lease-max", "3s")
                .withSetting("failover.drop-after", "4s")
                // Slow enough for a clone to be cut off.
                .withSetting("rebuild.max-rate", "16MB")
                .withSetting("postgres.pg-hba", "[host all all all scram-sha-256, " + Roles.HBA_LINE + "]")
                .withParameter("work_mem", "5MB"));
        oracle = new Oracle(cluster);
        roles = new Roles(cluster);
        cluster.start();
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void whole() throws SQLException {
        primary = oracle.holds();
        primary.query("CREATE TABLE IF NOT EXISTS kept (x int)");
    }

    @AfterEach
    void bringBack() {
        Scenario.bringBack(cluster);
    }

    private WritingClient client() throws SQLException {
        WritingClient client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, LIMIT);
        return client;
    }

    private LocalMember standby() {
        return cluster.membersBut(primary).getFirst();
    }

    @Test
    @Tag("R2")
    void whereARewindIsImpossibleTheMemberIsClonedAndItsOldDirectoryKeptMeanwhile() throws SQLException, IOException {
        LocalMember old = primary;
        LocalMember next = loseTo(old);
        StoppedServer.singleUser(
                cluster,
                old,
                "CREATE TABLE astray (x int);",
                "SELECT pg_switch_wal();",
                "CREATE TABLE astray2 (x int);",
                "SELECT pg_switch_wal();",
                "CHECKPOINT;");
        StoppedServer.deleteWalBefore(
                old, StoppedServer.controlData(cluster, old, "Latest checkpoint's REDO WAL file"));
        Files.writeString(old.data().resolve("mark"), "of the old directory");
        ServerUser.own(old.data().resolve("mark"));
        Path aside = old.directory().resolve("data.aside");
        int from = old.agentLog().length();
        old.start();
        Waiting.until("the old directory aside", LIMIT, () -> Files.exists(aside.resolve("mark")), cluster::summary);
        // Another agent knows as well that it has to be cleared away.
        old.killAgent();
        old.startAgent();
        Waiting.until("the old directory gone", LIMIT, () -> !Files.exists(aside), cluster::summary);
        assertThat(next.query("SELECT state FROM pg_stat_replication WHERE application_name = '" + old.name() + "'"))
                .isEqualTo("streaming");
        assertThat(old.agentLog().substring(from))
                .containsSubsequence("REWIND_STARTED", "ACTION_FAILED", "pg_rewind", "CLONE_STARTED");
        assertThat(oracle.holds()).isEqualTo(next);
        assertThat(has(old, "astray")).isFalse();
        try (WritingClient client = WritingClient.start(cluster, next, "postgres")) {
            oracle.holds(client);
        }
    }

    @Test
    @Tag("R3")
    void aStandbyWhoseWalIsGoneIsClonedByItself() throws SQLException {
        try (WritingClient client = client()) {
            LocalMember standby = standby();
            standby.stop();
            String held = StoppedServer.controlData(cluster, standby, "Minimum recovery ending location");
            Waiting.until("WAL from " + held + " on is gone", LIMIT, () -> dropSlotAndWal(standby, held));
            int from = standby.agentLog().length();
            standby.start();
            assertThat(oracle.holds(client)).isEqualTo(primary);
            assertThat(standby.agentLog().substring(from)).containsSubsequence("CLONE_STARTED", "CLONE_ENDED");
        }
    }

    @Test
    @Tag("R5")
    void standbysFollowAPrimaryThatRestartsUnderAnotherAddress() throws SQLException {
        int before = primary.port();
        act(primary, "/pause");
        primary.loseNode();
        primary.movePort();
        assertThat(primary.port()).isNotEqualTo(before);
        primary.start();
        LocalMember other = standby();
        Waiting.until("its agent is back", LIMIT, () -> primary.admin().status().isPresent());
        act(other, "/resume");
        assertThat(oracle.holds()).isEqualTo(primary);
        for (LocalMember standby : cluster.membersBut(primary)) {
            assertThat(standby.query("SHOW primary_conninfo")).contains("port=" + primary.port());
        }
        try (WritingClient client = client()) {
            oracle.holds(client);
        }
        roles.areRight(primary, "5MB");
    }

    @Test
    @Tag("R6")
    void authenticationParametersAndSlotsAreRightOnEveryRoleAfterEachChange() throws SQLException {
        roles.areRight(primary, "5MB");
        try (WritingClient client = client()) {
            LocalMember target = cluster.membersBut(primary).getLast();
            switchOver(target);
            assertThat(oracle.holds(client)).isEqualTo(target);
            roles.areRight(target, "5MB");
            long since = System.nanoTime();
            target.killPostmaster();
            client.awaitWriteAnew(target.name(), since, LIMIT);
            roles.areRight(oracle.holds(client), "5MB");
        }
        primary = oracle.holds();
        LocalMember next = loseTo(primary);
        primary.start();
        assertThat(oracle.holds()).isEqualTo(next);
        roles.areRight(next, "5MB");
        cluster.members().forEach(member -> member.parameters().put("work_mem", "6MB"));
        reload();
        roles.areRight(oracle.holds(), "6MB");
        cluster.members().forEach(member -> member.parameters().clear());
        reload();
        roles.areRight(oracle.holds(), "5MB");
    }

    @Test
    @Tag("R7")
    void agentsAreReplacedOneByOneAndNoServerIsRestarted() throws SQLException {
        Map<LocalMember, Long> postmasters = new HashMap<>();
        cluster.members()
                .forEach(member -> postmasters.put(member, member.postmaster().orElseThrow()));
        try (WritingClient client = client();
                Connection held = primary.connect("postgres")) {
            String backend = backend(held);
            for (LocalMember member : cluster.members()) {
                member.stopAgent();
                member.startAgent();
                assertThat(oracle.holds(client)).isEqualTo(primary);
            }
            for (LocalMember member : cluster.members()) {
                assertThat(member.postmaster())
                        .as("%s: %s", member, member.agentLog())
                        .contains(postmasters.get(member));
            }
            assertThat(backend(held)).isEqualTo(backend);
            LocalMember old = primary;
            long since = System.nanoTime();
            old.loseNode();
            client.awaitWriteAnew(old.name(), since, LIMIT);
            assertThat(cluster.awaitPrimary(LIMIT)).isNotEqualTo(old);
            old.start();
            assertThat(oracle.holds()).isNotEqualTo(old);
        }
    }

    @Test
    @Tag("R8")
    void aCloneThatIsKilledHalfWayIsFinishedByTheMember() throws SQLException {
        try (WritingClient client = client()) {
            LocalMember standby = standby();
            Path half = standby.directory().resolve("data.new").resolve("base");
            standby.loseNode();
            standby.wipeData();
            standby.start();
            Waiting.until("a clone half-way", LIMIT, () -> Files.exists(half), cluster::summary);
            standby.loseNode();
            assertThat(standby.data()).doesNotExist();
            standby.start();
            Waiting.until("another clone half-way", LIMIT, () -> Files.exists(half), cluster::summary);
            // This time the agent alone: the gate's job goes on without it.
            standby.killAgent();
            standby.startAgent();
            assertThat(oracle.holds(client)).isEqualTo(primary);
            assertThat(half).doesNotExist();
        }
    }

    @Test
    @Tag("R8")
    void aRewindThatIsKilledHalfWayLeavesADirectoryThatIsNeverStarted() throws SQLException {
        LocalMember old = primary;
        LocalMember next = loseTo(old);
        StoppedServer.singleUser(cluster, old, "CREATE TABLE astray AS SELECT i FROM generate_series(1, 100000) i;");
        old.start();
        Path notes = old.directory().resolve("state/data.json");
        Waiting.until("a rewind", LIMIT, () -> read(notes).contains("REWINDING"), cluster::summary);
        old.loseNode();
        assertThat(read(notes)).as("it was killed in time").contains("REWINDING");
        int from = old.agentLog().length();
        old.start();
        assertThat(oracle.holds()).isEqualTo(next);
        String since = old.agentLog().substring(from);
        assertThat(since.indexOf("CLONE_ENDED")).isPositive().isLessThan(since.indexOf("SERVER_STARTED"));
        assertThat(has(old, "astray")).isFalse();
        try (WritingClient client = WritingClient.start(cluster, next, "postgres")) {
            oracle.holds(client);
        }
    }

    /** The agent of a standby sleeps through a failover, while its server goes on receiving from the old primary. */
    @Test
    @Tag("R9")
    void aStandbyThatReceivedWalPastTheForkIsFoundAndRebuilt() throws SQLException {
        oracle.callsFor(EventCode.PERMIT_LAPSED);
        LocalMember old = primary;
        LocalMember next = cluster.membersBut(old).getFirst();
        LocalMember sleeper = cluster.membersBut(old).getLast();
        long lost = term(old);
        sleeper.signalAgent("STOP");
        try {
            Waiting.until("the sleeper votes no more", LIMIT, () -> !votes(old, sleeper), cluster::summary);
            old.signalAll("STOP");
            Waiting.until("the other standby leads", LIMIT, () -> writes(next), cluster::summary);
            next.query("CREATE TABLE of_the_next (x int)");
            // The old primary's server alone wakes up: its gate and its agent, which would fence it, do not.
            old.signalServer("CONT");
            old.query("CREATE TABLE past_the_fork (x int)");
            Waiting.until("the sleeper has it", LIMIT, () -> has(sleeper, "past_the_fork"), sleeper::serverLog);
            assertThat(wellAt(next, sleeper)).isFalse();
            sleeper.signalAgent("CONT");
            Waiting.until(
                    "the sleeper is rebuilt, and never called healthy before",
                    LIMIT,
                    () -> {
                        boolean well = servesOf(sleeper, lost + 1) || wellAt(next, sleeper);
                        boolean astray = has(sleeper, "past_the_fork");
                        assertThat(well && astray)
                                .as("healthy with WAL past the fork")
                                .isFalse();
                        return well && wellAt(next, sleeper);
                    },
                    cluster::summary);
        } finally {
            sleeper.signalAgent("CONT");
            old.signalAll("CONT");
        }
        assertThat(oracle.holds()).isEqualTo(next);
        for (LocalMember member : cluster.members()) {
            assertThat(has(member, "past_the_fork")).isFalse();
            assertThat(has(member, "of_the_next")).isTrue();
        }
        try (WritingClient client = WritingClient.start(cluster, next, "postgres")) {
            oracle.holds(client);
        }
    }

    // Faults

    /** The primary's machine is lost; who leads then. */
    private static LocalMember loseTo(LocalMember lost) {
        lost.loseNode();
        LocalMember next = cluster.awaitPrimary(LIMIT);
        assertThat(next).isNotEqualTo(lost);
        return next;
    }

    /** Drops the slot that keeps WAL for a member, and lets the primary remove it; whether it has. */
    private boolean dropSlotAndWal(LocalMember standby, String held) {
        try {
            primary.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name"
                    + " = 'pgmahout_" + standby.name() + "' AND NOT active");
            primary.query("SELECT pg_logical_emit_message(false, 'x', 'y')");
            primary.query("SELECT pg_switch_wal()");
            primary.query("CHECKPOINT");
            return primary.query("SELECT count(*) FROM pg_ls_waldir() WHERE name = pg_walfile_name('" + held + "')")
                    .equals("0");
        } catch (SQLException keptAgain) {
            return false;
        }
    }

    // Looks

    private static void act(LocalMember member, String path) {
        assertThat(LocalCluster.text(member.admin().act(path, new JsonObject(), LIMIT), "state"))
                .isEqualTo("done");
    }

    /** Given up, it is asked for again: here it is not the switchover that is in question. */
    private static void switchOver(LocalMember target) {
        JsonObject body = new JsonObject();
        body.addProperty("to", target.name());
        Waiting.until("a switchover to " + target, LIMIT, () -> {
            LocalMember leader = cluster.awaitWhole(LIMIT);
            return leader.equals(target)
                    || LocalCluster.text(leader.admin().act("/switchover", body, LIMIT), "state")
                            .equals("done");
        });
    }

    private static void reload() {
        for (LocalMember member : cluster.members()) {
            member.writeConfiguration();
            AdminPort.Reply reply = member.admin().post("/reload", new JsonObject());
            assertThat(reply.status()).as(reply.text()).isBetween(200, 202);
        }
    }
}
