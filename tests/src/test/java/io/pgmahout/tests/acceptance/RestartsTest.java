package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents, backends and whole members that go and come back, in one cluster, under a client that writes all the time. */
class RestartsTest {
    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private List<LocalMember> standbys;
    private WritingClient client;

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
    void write() throws SQLException {
        primary = oracle.begins();
        standbys = cluster.membersBut(primary);
        client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, Scenario.LIMIT);
    }

    @AfterEach
    void stopWriting() {
        client.close();
        Scenario.bringBack(cluster);
    }

    @Test
    @Tag("S11")
    void theAgentOfThePrimaryIsKilledAndStartedAtOnce() throws SQLException {
        // A machine so busy that the new agent comes after the permit's end costs a pause, never a connection.
        oracle.callsFor(EventCode.PERMIT_LAPSED);
        String term = term();
        long postmaster = primary.postmaster().orElseThrow();
        try (Connection connection = primary.connect("postgres")) {
            String backend = backend(connection);
            primary.killAgent();
            primary.startAgent();
            assertThat(oracle.holds(client)).isEqualTo(primary);
            assertThat(backend(connection)).isEqualTo(backend);
        }
        assertThat(primary.postmaster()).contains(postmaster);
        assertThat(term()).isEqualTo(term);
    }

    @Test
    @Tag("S11")
    void theAgentOfThePrimaryStallsForLessThanATakeoverNeeds() throws SQLException {
        oracle.callsFor(EventCode.PERMIT_LAPSED);
        String term = term();
        long postmaster = primary.postmaster().orElseThrow();
        try (Connection connection = primary.connect("postgres")) {
            String backend = backend(connection);
            primary.signalAgent("STOP");
            Waiting.pause(Duration.ofSeconds(1).toNanos());
            primary.signalAgent("CONT");
            assertThat(oracle.holds(client)).isEqualTo(primary);
            assertThat(backend(connection)).isEqualTo(backend);
        }
        assertThat(primary.postmaster()).contains(postmaster);
        assertThat(term()).isEqualTo(term);
    }

    @Test
    @Tag("F15")
    void aBackendOfThePrimaryIsKilledAndPostgresqlRestartsItself() throws SQLException {
        String term = term();
        long postmaster = primary.postmaster().orElseThrow();
        long since = System.nanoTime();
        try (Connection connection = primary.connect("postgres")) {
            Processes.signal("KILL", List.of(Long.valueOf(backend(connection))));
        }
        client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(primary.postmaster()).contains(postmaster);
        assertThat(term()).isEqualTo(term);
    }

    @Test
    @Tag("F7")
    void theCandidateDiesBetweenTakingTheRecordAndPromoting() throws SQLException {
        client.close();
        // A promotion comes to this and no further.
        for (LocalMember standby : standbys) {
            standby.query("ALTER SYSTEM SET recovery_end_command = 'sleep 600'");
            standby.query("SELECT pg_reload_conf()");
        }
        primary.loseNode();
        Waiting.until("a standby takes the record", Scenario.LIMIT, () -> !holder().equals(primary.name()));
        LocalMember candidate = cluster.member(holder());
        LocalMember other = candidate.equals(standbys.getFirst()) ? standbys.getLast() : standbys.getFirst();
        candidate.loseNode();
        assertThat(cluster.writable()).isEmpty();
        freePromotion(other);
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(other);
        candidate.start();
        primary.start();
        assertThat(oracle.holds()).isEqualTo(other);
        freePromotion(candidate);
    }

    private static void freePromotion(LocalMember member) throws SQLException {
        member.query("ALTER SYSTEM RESET recovery_end_command");
        member.query("SELECT pg_reload_conf()");
    }

    private static String holder() {
        return LocalCluster.text(Scenario.record(cluster).getAsJsonObject("holder"), "member");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("F8")
    void twoFailoversInARowAndTheLostMembersComeBackInEitherOrder(boolean firstLostFirst) throws SQLException {
        LocalMember first = primary;
        first.loseNode();
        LocalMember second = cluster.awaitPrimary(Scenario.LIMIT);
        client.awaitWrites(20, Scenario.LIMIT);
        // One that had more WAL and lost the race is rewound first: until then nobody is left who could lead.
        Waiting.until("a standby of " + second, Scenario.LIMIT, () -> hasStandby(second), cluster::summary);
        second.loseNode();
        LocalMember third = cluster.awaitPrimary(Scenario.LIMIT);
        client.awaitWrites(20, Scenario.LIMIT);
        (firstLostFirst ? first : second).start();
        (firstLostFirst ? second : first).start();
        assertThat(oracle.holds()).isEqualTo(third);
        client.awaitWrites(20, Scenario.LIMIT);
    }

    @Test
    @Tag("F10")
    void aPrimaryThatDoesNotStartAnyMoreIsReplaced() throws SQLException {
        // Nobody has all of its WAL, nor is given it, so that it is tried in place before it is given up.
        salvage("0B");
        long cut = 0;
        for (LocalMember standby : standbys) {
            cut = System.nanoTime();
            standby.cutWal();
        }
        long last = cut;
        client.awaitWrites(5, Scenario.LIMIT);
        primary.query("ALTER SYSTEM SET shared_preload_libraries = 'there_is_no_such_library'");
        long since = System.nanoTime();
        primary.killPostmaster();
        client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
        for (LocalMember standby : standbys) {
            standby.mendWal();
        }
        salvage("16MB");
        assertThat(Scenario.logged(primary, "ACTION_FAILED", "StartPrimary")).isPositive();
        assertThat(oracle.holds(
                        client, row -> row.nanos() < last || !row.member().equals(primary.name())))
                .isNotEqualTo(primary);
    }

    /** How much of the last WAL of a crashed primary a standby is given. */
    private static void salvage(String limit) {
        for (LocalMember member : cluster.members()) {
            member.settings().put("failover.salvage-limit", limit);
            member.writeConfiguration();
            assertThat(member.admin().post("/reload", Scenario.body()).status()).isEqualTo(200);
        }
    }

    /**
     * There is nothing to be tried in place, so that what no standby had yet is gone with it; put right by hand, the member
     * comes back without a restart of its agent.
     */
    @Test
    @Tag("F10")
    void aPrimaryWhoseDataDirectoryIsDamagedIsReplaced() throws SQLException, IOException {
        Path control = primary.data().resolve("global/pg_control");
        byte[] damaged = Files.readAllBytes(control);
        damaged[0] ^= 1;
        long replicated = oracle.replicated(client);
        long since = System.nanoTime();
        Files.write(control, damaged);
        primary.killPostmaster();
        client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
        Scenario.awaitLogged(primary, "DATA_REFUSED", "pg_control");
        primary.loseVolume();
        oracle.callsFor(EventCode.DATA_REFUSED);
        assertThat(oracle.holds(
                        client,
                        row -> row.value() <= replicated || !row.member().equals(primary.name())))
                .isNotEqualTo(primary);
    }

    private static boolean hasStandby(LocalMember member) {
        try {
            return member.query("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                    .equals("1");
        } catch (SQLException e) {
            return false;
        }
    }

    private static String backend(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static String term() {
        return LocalCluster.text(Scenario.record(cluster), "term");
    }
}
