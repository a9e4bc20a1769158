package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.ApiServer;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Members that are processes of this machine and whose record is a Lease of a real API server. */
class LeaseTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration STORE_LEASE = Duration.ofSeconds(15);
    private static final Duration REST = Duration.ofSeconds(30);

    private static ApiServer api;
    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private WritingClient client;

    @BeforeAll
    static void form() throws SQLException {
        api = ApiServer.start();
        cluster = LocalCluster.create(
                Scenario.PATIENT.withSetting("store.type", "kubernetes").withSetting("routing.kubernetes", "false"));
        api.allow(name());
        cluster.members().forEach(api::configure);
        oracle = new Oracle(cluster);
        cluster.start();
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
        api.close();
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
    void theLeaseNamesThePrimaryThroughASwitchover() throws SQLException {
        assertThat(holder()).isEqualTo(primary.name());
        int term = term();
        LocalMember target = cluster.membersBut(primary).getLast();
        JsonObject body = new JsonObject();
        body.addProperty("to", target.name());
        JsonObject action = primary.admin().act("/switchover", body, LIMIT);
        assertThat(LocalCluster.text(action, "state")).isEqualTo("done");
        assertThat(oracle.holds(client)).isEqualTo(target);
        assertThat(holder()).isEqualTo(target.name());
        assertThat(term()).isEqualTo(term + 1);
    }

    @Test
    void nodeLossOfThePrimary() throws SQLException {
        int term = term();
        long since = System.nanoTime();
        primary.loseNode();
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        LocalMember next = cluster.awaitPrimary(LIMIT);
        assertThat(holder()).isEqualTo(next.name());
        assertThat(term()).isEqualTo(term + 1);
        primary.start();
        assertThat(oracle.holds()).isEqualTo(next);
    }

    /** {@code kubectl delete lease}: its holder makes it anew, and neither a server nor a client notices. */
    @Test
    void aLeaseThatIsDeletedIsMadeAnewByItsHolder() throws SQLException {
        oracle.callsFor(EventCode.RECORD_GONE);
        int term = term();
        long postmaster = primary.postmaster().orElseThrow();
        String uid = uid();
        api.removeLease(name());
        Waiting.until("another Lease", LIMIT, () -> !uid().isEmpty() && !uid().equals(uid));
        assertThat(holder()).isEqualTo(primary.name());
        assertThat(term()).isEqualTo(term + 1);
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(primary.postmaster()).hasValue(postmaster);
        assertThat(client.acknowledged()).allMatch(row -> row.member().equals(primary.name()));
    }

    @Test
    void anApiServerThatHangsForLessThanTheStoreLeaseMovesNothing() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST);
        int term = term();
        api.signal("STOP");
        try {
            long end = System.nanoTime() + STORE_LEASE.toNanos() * 2 / 5;
            while (System.nanoTime() < end) {
                client.awaitWrites(5, LIMIT);
                Waiting.pause(50_000_000);
            }
        } finally {
            api.signal("CONT");
        }
        assertThat(client.acknowledged()).allMatch(row -> row.member().equals(primary.name()));
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(term()).isEqualTo(term);
    }

    /** Reads are answered meanwhile, and are no end of it. */
    @Test
    @Tag("K7")
    void aRightThatIsMissingForWritesAloneIsToldOnceAndNamed() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST);
        int term = term();
        int from = primary.agentLog().length();
        api.restrict(name(), "get", "watch");
        try {
            Waiting.until("it is told", LIMIT, () -> logged(from, "STORE_LOST") > 0, primary::agentLog);
            assertThat(primary.agentLog().substring(from)).contains("not allowed to update the Lease");
            long end = System.nanoTime() + STORE_LEASE.toNanos() * 2 / 5;
            while (System.nanoTime() < end) {
                client.awaitWrites(5, LIMIT);
                Waiting.pause(50_000_000);
            }
            assertThat(logged(from, "STORE_LOST")).isEqualTo(1);
            assertThat(logged(from, "STORE_BACK")).isZero();
        } finally {
            api.restrict(name(), "get", "update", "watch");
        }
        Waiting.until("it is back", LIMIT, () -> logged(from, "STORE_BACK") > 0, primary::agentLog);
        assertThat(logged(from, "STORE_BACK")).isEqualTo(1);
        assertThat(client.acknowledged()).allMatch(row -> row.member().equals(primary.name()));
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(term()).isEqualTo(term);
    }

    private long logged(int from, String event) {
        return primary.agentLog()
                .substring(from)
                .lines()
                .filter(line -> line.contains("\"event\":\"" + event + "\""))
                .count();
    }

    /** The holder renews; the others only look, and hear most of it from their watches. */
    @Test
    void atRestTheHolderAloneWrites(TestReporter reporter) {
        int before = api.requests().size();
        Waiting.pause(REST.toNanos());
        List<String> requests = api.requests().subList(before, api.requests().size());
        Predicate<String> writes = request -> request.endsWith(" update");
        assertThat(requests.stream().filter(writes)).allMatch(request -> request.startsWith(primary.name() + " "));
        assertThat(requests.stream().filter(writes).count()).isBetween(1L, REST.toSeconds());
        reporter.publishEntry("requests in a minute", Long.toString(requests.size() * 60L / REST.toSeconds()));
        assertThat(requests.size() * 60L / REST.toSeconds()).isLessThanOrEqualTo(60);
        assertThat(requests).allMatch(request -> request.matches("n[123] (get|update|watch)"));
    }

    private static String holder() {
        return LocalCluster.text(api.lease(name()).getAsJsonObject("spec"), "holderIdentity");
    }

    private static String uid() {
        JsonObject metadata = api.lease(name()).getAsJsonObject("metadata");
        return metadata.has("uid") ? metadata.get("uid").getAsString() : "";
    }

    private static int term() {
        return api.lease(name()).getAsJsonObject("spec").get("leaseTransitions").getAsInt();
    }

    private static String name() {
        return Scenario.PATIENT.name();
    }
}
