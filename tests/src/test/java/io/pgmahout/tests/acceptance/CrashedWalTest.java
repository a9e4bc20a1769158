package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Only postgres dies, and no standby has all of its WAL: replication is asynchronous, and lags. Killed again and again
 * under a load that saturates the machine: {@code -Dcrashes=N}.
 */
class CrashedWalTest {

    private static final int CRASHES = Integer.getInteger("crashes", 5);
    private static final int CLIENTS = 4;

    /** More than failover.max-lag, which is 1 MB, and than a piece of what is given away. */
    private static final String MUCH = "SELECT pg_logical_emit_message(false, 'much', repeat(md5(i::text), 1000))"
            + " FROM generate_series(1, 100) i";

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private WritingClient client;

    @BeforeAll
    static void form() {
        cluster = Scenario.formed(Scenario.PATIENT);
        oracle = new Oracle(cluster);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void write() throws SQLException {
        primary = oracle.begins();
        client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, Scenario.LIMIT);
    }

    @AfterEach
    void stopWriting() {
        client.close();
        Scenario.bringBack(cluster);
    }

    @Test
    @Tag("F1")
    void whatNoStandbyHasIsGivenToOneThatThenLeads() throws SQLException {
        List<LocalMember> standbys = cluster.membersBut(primary);
        for (LocalMember standby : standbys) {
            standby.cutWal();
        }
        primary.query(MUCH);
        client.awaitWrites(20, Scenario.LIMIT);
        long since = System.nanoTime();
        primary.killPostmaster();
        client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
        LocalMember next = cluster.awaitPrimary(Scenario.LIMIT);
        assertThat(next).isNotEqualTo(primary);
        Scenario.awaitLogged(next, "WAL_TAKEN", "\"source\":\"" + primary.name() + "\"");
        JsonObject taken = event(next, "WAL_TAKEN");
        assertThat(taken.get("bytes").getAsLong()).isGreaterThan(3_000_000);
        assertThat(lsn(taken, "to") - lsn(taken, "from"))
                .isEqualTo(taken.get("bytes").getAsLong());
        assertThat(next.query("SELECT count(*) FROM pg_ls_waldir() WHERE name LIKE '%.history'"))
                .isNotEqualTo("0");
        assertThat(Scenario.logged(next, "WAL_LEFT_OUT", "")).isZero();
        for (LocalMember standby : standbys) {
            standby.mendWal();
        }
        assertThat(oracle.holds(client)).isEqualTo(next);
    }

    private static JsonObject event(LocalMember member, String code) {
        return member.agentLog()
                .lines()
                .filter(line -> line.contains("\"event\":\"" + code + "\""))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .reduce((before, last) -> last)
                .orElseThrow();
    }

    private static long lsn(JsonObject event, String field) {
        String[] halves = event.get(field).getAsString().split("/", -1);
        return Long.parseLong(halves[0], 16) << 32 | Long.parseLong(halves[1], 16);
    }

    @Test
    @Tag("F1")
    void whereEachStandbyLacksTooMuchTheServerIsStartedInPlaceAndLosesNothing() throws SQLException {
        primary.settings().put("failover.salvage-limit", "64kB");
        reload(primary);
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.cutWal();
        }
        primary.query(MUCH);
        client.awaitWrites(20, Scenario.LIMIT);
        long since = System.nanoTime();
        primary.killPostmaster();
        client.awaitWriteAnew(primary.name(), since, Scenario.LIMIT);
        assertThat(cluster.awaitPrimary(Scenario.LIMIT)).isEqualTo(primary);
        for (LocalMember standby : cluster.membersBut(primary)) {
            standby.mendWal();
        }
        primary.settings().clear();
        reload(primary);
        assertThat(oracle.holds(client)).isEqualTo(primary);
    }

    private static void reload(LocalMember member) {
        member.writeConfiguration();
        AdminPort.Reply reply = member.admin().post("/reload", Scenario.body());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    @Test
    @Tag("F1")
    void killedAgainAndAgainUnderFullLoadNoAcknowledgedRowIsLost() throws Exception {
        primary.query("CREATE TABLE IF NOT EXISTS load (x text)");
        long takenBefore = taken();
        int inPlace = 0;
        for (int i = 0; i < CRASHES; i++) {
            LocalMember killed = oracle.holds();
            List<Thread> load = load();
            client.awaitWrites(50, Scenario.LIMIT);
            long since = System.nanoTime();
            killed.killPostmaster();
            client.awaitWriteAnew(killed.name(), since, Scenario.LIMIT);
            load.forEach(Thread::interrupt);
            for (Thread thread : load) {
                thread.join();
            }
            LocalMember next = oracle.holds(client);
            next.query("TRUNCATE load");
            inPlace += next.equals(killed) ? 1 : 0;
        }
        System.out.printf(
                "%d crashes under load: %d times WAL was given to a standby, %d times the server was started in place%n",
                CRASHES, taken() - takenBefore, inPlace);
    }

    private static long taken() {
        return cluster.members().stream()
                .mapToLong(member -> Scenario.logged(member, "WAL_TAKEN", ""))
                .sum();
    }

    /** Ends when interrupted, or with the server that it was begun for. */
    private static List<Thread> load() {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofPlatform().daemon().start(CrashedWalTest::insert));
        }
        return threads;
    }

    private static void insert() {
        try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            while (!Thread.currentThread().isInterrupted()) {
                statement.execute(
                        "INSERT INTO load SELECT repeat(md5(random()::text), 8) FROM generate_series(1, 100)");
            }
        } catch (SQLException killed) {
            Thread.currentThread().interrupt();
        }
    }
}
