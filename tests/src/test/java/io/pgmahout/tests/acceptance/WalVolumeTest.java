package io.pgmahout.tests.acceptance;

import static io.pgmahout.tests.acceptance.Looks.has;
import static io.pgmahout.tests.acceptance.Looks.rule;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.StoppedServer;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Members whose WAL lies on a volume of its own. */
class WalVolumeTest {

    /** More than failover.max-lag, which is 1 MB; less than failover.salvage-limit. */
    private static final String MUCH = "SELECT pg_logical_emit_message(false, 'much', repeat('x', 3000000))";

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;

    @BeforeAll
    static void form() {
        cluster = Scenario.formed(Scenario.PATIENT.withWalVolumes().withSetting("failover.cold-start-wait", "5s"));
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
    void bringBack() throws SQLException, IOException {
        Scenario.bringBack(cluster);
        oracle.holds();
        for (LocalMember member : cluster.members()) {
            Waiting.until(member + " has one place for WAL", Scenario.LIMIT, () -> usesItsVolume(member));
        }
    }

    /** Whether its WAL, and no other, lies in the volume. */
    private static boolean usesItsVolume(LocalMember member) {
        Path wal = member.data().resolve("pg_wal");
        try (Stream<Path> places = Files.list(member.wal())) {
            return Files.isSymbolicLink(wal)
                    && places.map(place -> place.resolve("pg_wal"))
                            .toList()
                            .equals(List.of(Files.readSymbolicLink(wal)));
        } catch (IOException changing) {
            return false;
        }
    }

    @Test
    @Tag("R1")
    void anOldPrimaryIsRewound() throws SQLException {
        LocalMember old = primary;
        old.loseNode();
        LocalMember next = cluster.awaitPrimary(Scenario.LIMIT);
        StoppedServer.singleUser(cluster, old, "CREATE TABLE astray (x int);");
        int from = old.agentLog().length();
        old.start();
        try (WritingClient client = WritingClient.start(cluster, next, "postgres")) {
            assertThat(oracle.holds(client)).isEqualTo(next);
        }
        assertThat(old.agentLog().substring(from)).contains("REWIND_ENDED").doesNotContain("CLONE_STARTED");
        assertThat(has(old, "astray")).isFalse();
    }

    @Test
    @Tag("R2")
    void aStandbyIsClonedAndItsFormerWalGoesWithItsFormerData() throws SQLException, IOException {
        LocalMember standby = cluster.membersBut(primary).getFirst();
        Path before = Files.readSymbolicLink(standby.data().resolve("pg_wal"));
        JsonObject reply = standby.admin().act("/reinit", Scenario.body(), Scenario.LIMIT);
        assertThat(LocalCluster.text(reply, "state")).isEqualTo("done");
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(Files.readSymbolicLink(standby.data().resolve("pg_wal"))).isNotEqualTo(before);
        Waiting.until("the former WAL is deleted", Scenario.LIMIT, () -> !Files.exists(before));
    }

    @Test
    @Tag("R8")
    void aCloneThatIsKilledHalfWayLeavesNoWalBehind() throws SQLException {
        LocalMember standby = cluster.membersBut(primary).getFirst();
        standby.loseNode();
        ServerUser.deleteTree(standby.data());
        ServerUser.deleteTree(standby.wal().resolve(only(standby)));
        int from = standby.agentLog().length();
        standby.start();
        Waiting.until(
                "a clone has begun",
                Scenario.LIMIT,
                () -> standby.agentLog().substring(from).contains("CLONE_STARTED"));
        Waiting.until("its place is there", Scenario.LIMIT, () -> !only(standby).isEmpty());
        standby.loseNode();
        standby.start();
        assertThat(oracle.holds()).isEqualTo(primary);
    }

    /** The name of the first thing in a WAL volume. */
    private static String only(LocalMember member) {
        try (Stream<Path> places = Files.list(member.wal())) {
            return places.map(place -> place.getFileName().toString())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("F1")
    void theLastWalOfACrashedPrimaryIsReadFromTheVolumeAndTakenIntoAnother() throws SQLException {
        List<LocalMember> standbys = cluster.membersBut(primary);
        for (LocalMember standby : standbys) {
            standby.cutWal();
        }
        primary.query(MUCH);
        try (WritingClient client = WritingClient.start(cluster, primary, "postgres")) {
            client.awaitWrites(20, Scenario.LIMIT);
            long since = System.nanoTime();
            primary.killPostmaster();
            client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
            LocalMember next = cluster.awaitPrimary(Scenario.LIMIT);
            assertThat(next).isNotEqualTo(primary);
            Scenario.awaitLogged(next, "WAL_TAKEN", "\"source\":\"" + primary.name() + "\"");
            for (LocalMember standby : standbys) {
                standby.mendWal();
            }
            assertThat(oracle.holds(client)).isEqualTo(next);
        }
    }

    @Test
    @Tag("R4")
    void aPrimaryWhoseWalIsWipedHandsOverAndIsCloned() throws SQLException {
        long postmaster = primary.postmaster().orElseThrow();
        ServerUser.deleteTree(primary.wal().resolve(only(primary)));
        int from = primary.agentLog().length();
        Processes.signal("KILL", List.of(postmaster));
        assertThat(oracle.holds()).isNotEqualTo(primary);
        assertThat(has(primary, "kept")).isTrue();
        assertThat(primary.agentLog().substring(from))
                .contains("\"event\":\"DATA_MISSING\"", "made anew?", "CLONE_ENDED");
    }

    @Test
    @Tag("R4")
    void aStandbyWhoseWalVolumeIsAwayIsNotClonedBesideItAndGoesOnWhenItIsBack() throws SQLException {
        LocalMember standby = cluster.membersBut(primary).getFirst();
        standby.loseNode();
        standby.loseWalVolume();
        int from = standby.agentLog().length();
        standby.start();
        Waiting.until(
                "its clone is refused",
                Scenario.LIMIT,
                () -> standby.agentLog()
                        .substring(from)
                        .contains("postgres.wal-directory " + standby.wal() + " is not there"),
                standby::agentLog);
        assertThat(standby.agentLog().substring(from)).contains("is the WAL volume mounted?");
        assertThat(standby.wal()).doesNotExist();
        standby.bringWalVolume();
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(standby.agentLog().substring(from)).doesNotContain("CLONE_ENDED");
    }

    /** With a row that nobody else has. */
    @Test
    @Tag("R4")
    void theLastHolderWithoutItsWalDoesNotLeadAndSaysWhyAndLosesNothing() throws SQLException {
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.loseNode();
        }
        Waiting.until(
                "it leads alone",
                Scenario.LIMIT,
                () -> LocalCluster.text(Scenario.record(cluster), "takeover").equals("TTL"),
                cluster::summary);
        primary.query("DROP TABLE IF EXISTS only_here");
        primary.query("CREATE TABLE only_here (x int)");
        primary.loseNode();
        primary.loseWalVolume();
        int from = primary.agentLog().length();
        primary.start();
        Waiting.until(
                "it says why",
                Scenario.LIMIT,
                () -> primary.agentLog().substring(from).contains("\"event\":\"DATA_MISSING\""),
                primary::agentLog);
        assertThat(primary.agentLog().substring(from)).contains("does not exist; is the WAL volume mounted?");
        // Longer than failover.cold-start-wait, after which another would be cloned.
        Waiting.until("it waits", Scenario.LIMIT, () -> rule(primary).equals("clone-waits"));
        assertThat(cluster.writable()).isEmpty();
        primary.bringWalVolume();
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(primary);
        cluster.membersBut(primary).forEach(LocalMember::start);
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(has(primary, "only_here")).isTrue();
    }

    /** Each is restarted with the setting, the primary last, which hands over. */
    @Test
    void aClusterThatWasMadeWithoutWalVolumesIsGivenThem() throws SQLException {
        try (LocalCluster plain = Scenario.formed(Scenario.PATIENT.withMembers(2))) {
            Oracle plainOracle = new Oracle(plain);
            LocalMember first = plainOracle.holds();
            first.query("CREATE TABLE kept (x int)");
            LocalMember second = plain.membersBut(first).getFirst();
            for (LocalMember member : List.of(second, first)) {
                assertThat(member.data().resolve("pg_wal")).isDirectory();
                member.settings().put("postgres.wal-directory", member.wal().toString());
                member.stop();
                member.start();
                plainOracle.holds();
                assertThat(usesItsVolume(member)).isTrue();
                assertThat(has(member, "kept")).isTrue();
                assertThat(member.data().resolve("pgmahout-wal.moved")).doesNotExist();
            }
            // With the former pg_wal gone, what was written since comes through a crash of all.
            LocalMember leader = plainOracle.holds();
            leader.query("CREATE TABLE later (x int)");
            plain.members().forEach(LocalMember::loseNode);
            plain.members().forEach(LocalMember::start);
            plainOracle.holds();
            assertThat(has(first, "later")).isTrue();
            assertThat(has(second, "later")).isTrue();
        }
    }
}
