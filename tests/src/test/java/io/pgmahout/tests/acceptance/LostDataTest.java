package io.pgmahout.tests.acceptance;

import static io.pgmahout.tests.acceptance.Looks.has;
import static io.pgmahout.tests.acceptance.Looks.rule;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data directories that are wiped, vanish under their server, or come back late. */
class LostDataTest {
    private static final Duration LIMIT = Scenario.LIMIT;

    private static final Duration STORE_LEASE = Duration.ofSeconds(15);

    /** More than failover.max-lag, which is 1 MB. */
    private static final String MUCH = "SELECT pg_logical_emit_message(false, 'much', repeat('x', 3000000))";

    private static final String TOO_FAR = "behind the primary's last known position";

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;

    @BeforeAll
    static void form() {
        cluster = Scenario.formed(Scenario.PATIENT.withSetting("failover.cold-start-wait", "10s"));
        oracle = new Oracle(cluster);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void whole() throws SQLException {
        primary = oracle.begins();
        primary.query("CREATE TABLE IF NOT EXISTS kept (x int)");
    }

    @AfterEach
    void bringBack() {
        Scenario.bringBack(cluster);
    }

    @Test
    @Tag("R4")
    void aPrimaryWhoseDataIsWipedNeverLeadsEmpty() throws SQLException {
        String identifier = primary.query("SELECT system_identifier FROM pg_control_system()");
        LocalMember wiped = primary;
        wiped.loseNode();
        wiped.wipeData();
        wiped.start();
        LocalMember next = oracle.holds();
        assertThat(next).isNotEqualTo(wiped);
        assertThat(wiped.query("SELECT system_identifier FROM pg_control_system()"))
                .isEqualTo(identifier);
        assertThat(has(wiped, "kept")).isTrue();
        try (WritingClient client = WritingClient.start(cluster, next, "postgres")) {
            oracle.holds(client);
        }
    }

    @Test
    @Tag("R4")
    void aPrimaryWhoseVolumeGoesAwayHandsOverAndIsCloned() throws SQLException {
        long postmaster = primary.postmaster().orElseThrow();
        primary.loseVolume();
        Processes.signal("KILL", List.of(postmaster));
        assertThat(oracle.holds()).isNotEqualTo(primary);
        assertThat(has(primary, "kept")).isTrue();
        assertThat(Scenario.logged(primary, "DATA_MISSING", "is its volume mounted?"))
                .isPositive();
    }

    @Test
    @Tag("R4")
    void aWipedPrimaryThatComesAloneAfterEverythingWasDownWaits() throws SQLException {
        LocalMember wiped = primary;
        cluster.members().forEach(LocalMember::loseNode);
        wiped.wipeData();
        wiped.start();
        Waiting.until("it waits for a source", LIMIT, () -> rule(wiped).equals("clone-waits"), cluster::summary);
        assertThat(wiped.data()).doesNotExist();
        cluster.membersBut(wiped).forEach(LocalMember::start);
        LocalMember next = oracle.holds();
        assertThat(next).isNotEqualTo(wiped);
        assertThat(has(wiped, "kept")).isTrue();
        try (WritingClient client = WritingClient.start(cluster, next, "postgres")) {
            oracle.holds(client);
        }
    }

    /** With a row that only its data has: who went on without it would lose it. */
    @Test
    @Tag("R4")
    void aPrimaryWhoseVolumeIsMountedLateAfterEverythingWasDownKeepsWhatOnlyItHas() throws SQLException {
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.cutWal();
        }
        primary.query("CREATE TABLE only_here (x int)");
        cluster.members().forEach(LocalMember::loseNode);
        primary.loseVolume();
        int from = primary.agentLog().length();
        cluster.members().forEach(LocalMember::start);
        Scenario.awaitLogged(primary, "DATA_MISSING", "is its volume mounted?");
        for (LocalMember standby : cluster.membersBut(primary)) {
            Waiting.until(standby + " answers", LIMIT, () -> has(standby, "kept"));
        }
        assertThat(cluster.writable()).isEmpty();
        primary.bringVolume();
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.mendWal();
        }
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(has(primary, "only_here")).isTrue();
        assertThat(primary.agentLog().substring(from)).doesNotContain("CLONE_STARTED");
    }

    /** Its agent lives and acknowledged the primary: without its promise the other would wait for the end of the store lease. */
    @ParameterizedTest
    @EnumSource(
            value = EventCode.class,
            names = {"DATA_MISSING", "DATA_REFUSED"})
    @Tag("F2")
    void aStandbyWhoseDataCannotBeUsedPromisesThatTheOtherMayLead(EventCode told) throws SQLException, IOException {
        oracle.callsFor(told);
        LocalMember lame = cluster.membersBut(primary).getFirst();
        LocalMember good = cluster.membersBut(primary).getLast();
        Waiting.until(
                "the record says QUORUM",
                LIMIT,
                () -> LocalCluster.text(Scenario.record(cluster), "takeover").equals("QUORUM"));
        int from = lame.agentLog().length();
        long postmaster = lame.postmaster().orElseThrow();
        if (told == EventCode.DATA_MISSING) {
            lame.loseVolume();
        } else {
            Files.setPosixFilePermissions(lame.data(), PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Processes.signal("KILL", List.of(postmaster));
        Waiting.until(
                lame + " logs " + told,
                LIMIT,
                () -> lame.agentLog().substring(from).contains("\"event\":\"" + told + "\""),
                lame::agentLog);
        JsonObject record = Scenario.record(cluster);
        assertThat(record.getAsJsonArray("members")).hasSize(3);
        assertThat(LocalCluster.text(record, "takeover")).isEqualTo("QUORUM");
        primary.loseNode();
        assertThat(cluster.awaitPrimary(STORE_LEASE.minusSeconds(4))).isEqualTo(good);
        if (told == EventCode.DATA_MISSING) {
            lame.bringVolume();
        } else {
            Files.setPosixFilePermissions(lame.data(), PosixFilePermissions.fromString("rwx------"));
        }
        primary.start();
        assertThat(oracle.holds()).isEqualTo(good);
    }

    /** The only copy of what was written last lies on the volume that is away. */
    @Test
    @Tag("R4")
    void aPrimaryWhoseVolumeIsAwayWhileNobodyMayLeadGoesOnWithItsData() throws SQLException {
        stranded();
        primary.bringVolume();
        assertThat(cluster.awaitPrimary(LIMIT)).isEqualTo(primary);
        mendWal();
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(has(primary, "only_there")).isTrue();
    }

    @Test
    @Tag("R4")
    void whereAPrimarysDataIsLostAndNobodyMayLeadTheOperatorDecides() throws SQLException {
        stranded();
        LocalMember target = cluster.membersBut(primary).getFirst();
        assertThat(target.admin()
                        .post("/failover", Scenario.body("to", target.name()))
                        .text())
                .contains(TOO_FAR);
        JsonObject body = Scenario.body("to", target.name());
        body.addProperty("allowDataLoss", true);
        assertThat(target.admin().post("/failover", body).status()).isEqualTo(202);
        assertThat(cluster.awaitPrimary(LIMIT)).isEqualTo(target);
        mendWal();
        assertThat(oracle.holds()).isEqualTo(target);
        assertThat(has(primary, "only_there")).isFalse();
    }

    /** Every standby lags too far, the primary's volume goes away, and the primary gives the term back. */
    private void stranded() throws SQLException {
        primary.query("DROP TABLE IF EXISTS only_there");
        oracle.holds();
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.cutWal();
        }
        primary.query(MUCH);
        // Its commit flushes what was written before: a killed server would have only a part of it, and lag itself.
        primary.query("CREATE TABLE only_there (x int)");
        for (LocalMember standby : cluster.membersBut(primary)) {
            Scenario.awaitNotPromoted(primary, standby, TOO_FAR);
        }
        int from = primary.agentLog().length();
        long postmaster = primary.postmaster().orElseThrow();
        primary.loseVolume();
        Processes.signal("KILL", List.of(postmaster));
        Waiting.until(
                "the term is released",
                LIMIT,
                () -> primary.agentLog().substring(from).contains("\"write\":\"release\""),
                primary::agentLog);
        assertThat(primary.agentLog().substring(from)).contains(TOO_FAR);
        assertThat(cluster.writable()).isEmpty();
    }

    private void mendWal() throws SQLException {
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.mendWal();
        }
    }
}
