package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cluster record is removed by hand while agents run. */
class RecordGoneTest {

    private static final Duration LIMIT = Scenario.LIMIT;

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private WritingClient client;

    /** The file is to be gone before anybody has taken over. */
    @BeforeAll
    static void form() {
        cluster = Scenario.formed(
                Scenario.PATIENT.withSetting("failover.peer-lease", "3s").withSetting("failover.drop-after", "6s"));
        oracle = new Oracle(cluster);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void write() throws SQLException {
        primary = oracle.begins();
        oracle.callsFor(EventCode.RECORD_GONE);
        client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, LIMIT);
        Waiting.until("the record says QUORUM", LIMIT, () -> field("takeover").equals("QUORUM"));
    }

    @AfterEach
    void stopWriting() {
        client.close();
        Scenario.bringBack(cluster);
    }

    @Test
    void itsHolderMakesItAnewAndNothingElseHappens() throws Exception {
        int term = Integer.parseInt(field("term"));
        long postmaster = primary.postmaster().orElseThrow();
        Files.delete(cluster.record());
        Waiting.until("a record", LIMIT, () -> Files.exists(cluster.record()));
        Waiting.until("the record says QUORUM", LIMIT, () -> field("takeover").equals("QUORUM"));
        assertThat(field("term")).isEqualTo(Integer.toString(term + 1));
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(primary.postmaster()).hasValue(postmaster);
        assertThat(client.acknowledged()).allMatch(row -> row.member().equals(primary.name()));

        long since = System.nanoTime();
        primary.loseNode();
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        primary.start();
        assertThat(oracle.holds()).isNotEqualTo(primary);
    }

    @Test
    void withoutItsHolderNobodyLeadsBeforeItIsPutBack() throws Exception {
        List<LocalMember> others = cluster.membersBut(primary);
        long told = others.stream().mapToLong(RecordGoneTest::told).sum();
        primary.loseNode();
        String copy = Files.readString(cluster.record());
        Files.delete(cluster.record());
        long since = System.nanoTime();
        Waiting.until(
                "both tell",
                LIMIT,
                () -> others.stream().mapToLong(RecordGoneTest::told).sum() == told + 2);
        await().during(Duration.ofSeconds(5))
                .atMost(LIMIT)
                .until(() -> cluster.writable().isEmpty() && Files.notExists(cluster.record()));
        putBack(copy);
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        primary.start();
        assertThat(oracle.holds(client)).isNotEqualTo(primary);
    }

    /** All at once: agents read it at any time. */
    private static void putBack(String content) throws IOException {
        Path copy = cluster.record().resolveSibling("copy");
        Files.writeString(copy, content);
        ServerUser.own(copy);
        Files.move(copy, cluster.record(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static long told(LocalMember member) {
        return Scenario.logged(member, "RECORD_GONE", "");
    }

    private static String field(String name) {
        return Files.exists(cluster.record()) ? LocalCluster.text(Scenario.record(cluster), name) : "";
    }
}
